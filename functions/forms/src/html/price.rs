//! What a request costs, before the first question.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::FormView;

pub(super) fn list(view: &FormView<'_>) -> Markup {
    let mut seen = BTreeSet::new();
    let fees: Vec<_> = view
        .form
        .fee_rules()
        .iter()
        .filter(|rule| seen.insert((&rule.card, &rule.fee)))
        .filter_map(|rule| {
            let fee = view.cards.fee(&rule.card, &rule.fee)?;
            Some((fee, fee.on(view.today)?.amount))
        })
        .collect();
    if fees.is_empty() {
        return html! {};
    }
    let unconfirmed = view
        .form
        .fee_rules()
        .iter()
        .any(|rule| view.cards.get(&rule.card).is_some_and(|card| card.to_be_confirmed));
    let text = |key: &str| view.strings.text(key, &[]);
    html! {
        section.form-section aria-labelledby="s-price" {
            h2 id="s-price" { (text("form.price_title")) }
            table.fee-table {
                thead {
                    tr {
                        th scope="col" { (text("form.fee_what")) }
                        th scope="col" { (text("form.fee_km")) }
                        th scope="col" { (text("form.fee_eur")) }
                    }
                }
                tbody {
                    @for (fee, amount) in fees {
                        tr {
                            th scope="row" {
                                (fee.label.get(view.lang)) ", " (crate::procedure::per(fee.per, view.strings))
                            }
                            td { (amount.km(view.strings)) }
                            td { (amount.euro(view.strings)) }
                        }
                    }
                }
            }
            p.hint {
                @if unconfirmed { (text("form.fee_unconfirmed")) " " }
                (text("form.price_note"))
            }
        }
    }
}
