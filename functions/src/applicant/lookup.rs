//! From a reference and an address to a record, with the same work for every miss.
//!
//! Unknown references, wrong addresses and texts that are neither cannot be told apart: the same reads of the store,
//! the same hashes, the same bytes in the answer. Otherwise anybody could ask the town who sent something.

use store::{Head, Reference, StoreError};

use super::attempts::{self, Counted};
use crate::abuse::Network;
use crate::{Contact, Service};

/// What came of it.
pub(super) enum Lookup {
    Found(Box<Head>),
    Nothing,
    TooOften,
}

/// Looks a record up by what a person typed.
pub(super) async fn find(
    service: &Service,
    reference: &str,
    email: &str,
    network: Option<&Network>,
) -> Result<Lookup, StoreError> {
    let typed = reference.parse::<Reference>().ok();
    // Made for every text: one hash more or less could be noticed.
    let stand_in = stand_in(service, reference);
    let asked = typed.clone().unwrap_or(stand_in);
    // A malformed reference has a count of its own, which says nothing about any record.
    let by_reference = attempts::may(service, Counted::Lookup, asked.compact()).await?;
    let by_network = match network {
        Some(network) => attempts::from_network(service, network).await?,
        None => true,
    };
    if !by_reference || !by_network {
        return Ok(Lookup::TooOften);
    }
    let head = service.store.head(&asked).await?;
    let (form, contact) =
        head.as_ref().map_or(("", None), |head| (head.form.as_str(), head.contact.as_ref()));
    let is_theirs = Contact::is_behind(&service.hashing, form, email, contact);
    Ok(match head {
        Some(head) if is_theirs && typed.is_some() => Lookup::Found(Box::new(head)),
        _ => Lookup::Nothing,
    })
}

/// A reference for a text that is none, so that the store is asked all the same. Should there be such a record, it is
/// not shown.
pub(super) fn stand_in(service: &Service, text: &str) -> Reference {
    let mac = service.hashing.current().mac("stand-in reference v1", &[text.as_bytes()]);
    let mut random = [0; 7];
    random.copy_from_slice(&mac[..7]);
    Reference::from_random(random)
}
