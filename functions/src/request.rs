//! From an HTTP request to a submission: form, origin, body, the network's limit, in this order.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use forms::html::{FormView, form_page};
use forms::{Form, RawAnswers, Violation, control};
use maud::{Markup, html};

use crate::abuse::{Network, Taken};
use crate::body::{self, Unreadable};
use crate::multipart::Sent;
use crate::origin::{self, Verdict};
use crate::pages::{Again, Frame};
use crate::{Bundle, Event, Service};

/// The changing part of an address; empty, and so nobody's, where it is no UTF-8.
#[derive(Debug)]
pub(crate) struct Segment(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map(|Path(segment)| segment).unwrap_or_default()))
    }
}

/// Which of the addresses of a form was posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Check,
    Attach,
    Confirm,
}

/// What arrived, readable and from this site; nothing of it is validated.
pub(crate) struct Submission {
    bundle: Arc<Bundle>,
    form_id: String,
    language: String,
    /// The token of a link to one's own record, if this is to replace what is in it.
    record: Option<String>,
    pub raw: RawAnswers,
    /// The file, where one may come.
    pub sent: Sent,
    /// From where, if the host says it.
    network: Option<Network>,
    /// The field that people do not see was filled in.
    pub trapped: bool,
}

/// What is known about where a submission comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sender {
    /// The host said from which network; a request of this machine itself has none.
    pub is_known: bool,
    /// Its network has used up most of what it may send.
    pub is_busy: bool,
    /// The field that people do not see was filled in.
    pub trapped: bool,
}

/// Names, in the query of a form's addresses, the record that is to be replaced.
const RECORD: &str = "zapis";

/// Reads a request of a network that may go on, or answers it with the page that says why not.
pub(crate) async fn read(
    service: &Service,
    form_id: String,
    step: Step,
    request: Request,
) -> Result<Submission, Response> {
    let submission = read_uncounted(service, form_id, step, request).await?;
    let taken = service.guard.take(service, submission.network).await;
    submission.let_in(service, step, taken)?;
    Ok(submission)
}

/// The same for those who count its network themselves.
pub(crate) async fn read_uncounted(
    service: &Service,
    form_id: String,
    step: Step,
    request: Request,
) -> Result<Submission, Response> {
    let bundle = service.bundle();
    if !bundle.forms.contains_key(&form_id) {
        return Err(not_found(&bundle));
    }
    let query = request.uri().query().and_then(|query| body::parse(query.as_bytes()).ok());
    let record = query.and_then(|query| query.get(RECORD).map(str::to_owned));
    let action = with_record(action(&form_id, step), record.as_deref());
    let network = Network::of(request.extensions());
    let may_hold_file = step == Step::Attach;
    let (raw, sent) = posted_with(&bundle, Some(&form_id), &action, request, may_hold_file).await?;
    let language = bundle.language(raw.get(control::LANG)).to_owned();
    let trapped = raw.get(control::HONEYPOT).is_some_and(|value| !value.is_empty());
    Ok(Submission { bundle, form_id, language, record, raw, sent, network, trapped })
}

/// Reads what a page of this site posted, or answers with the page that says why not. `action` is where it was posted.
pub(crate) async fn posted(
    bundle: &Bundle,
    form: Option<&str>,
    action: &str,
    request: Request,
) -> Result<RawAnswers, Response> {
    posted_with(bundle, form, action, request, false).await.map(|(raw, _)| raw)
}

/// The same, with a file where one may come.
pub(crate) async fn posted_with(
    bundle: &Bundle,
    form: Option<&str>,
    action: &str,
    request: Request,
    may_hold_file: bool,
) -> Result<(RawAnswers, Sent), Response> {
    let (parts, body) = request.into_parts();
    let verdict = origin::judge(&parts.headers, &bundle.public_url);
    let refuse = |status, what| {
        let frame = Frame { bundle, form, lang: &bundle.default_language };
        frame.says_in_all_languages(status, what)
    };
    if verdict == Verdict::Foreign {
        return Err(refuse(StatusCode::FORBIDDEN, "foreign_origin"));
    }
    let read = if may_hold_file {
        body::read_with_file(&parts.headers, body).await
    } else {
        body::read(&parts.headers, body).await.map(|raw| (raw, Sent::Nothing))
    };
    let (raw, sent) = read.map_err(|unreadable| match unreadable {
        Unreadable::ContentType => refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type"),
        Unreadable::TooLarge => refuse(StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        Unreadable::TooSlow => refuse(StatusCode::REQUEST_TIMEOUT, "too_slow"),
        Unreadable::Malformed => refuse(StatusCode::BAD_REQUEST, "malformed"),
    })?;
    if verdict == Verdict::Hidden {
        let frame = Frame { bundle, form, lang: bundle.language(raw.get(control::LANG)) };
        let again = Again { action, raw: &raw };
        return Err(frame.keeps(StatusCode::FORBIDDEN, "hidden_origin", "", &again));
    }
    Ok((raw, sent))
}

/// The page for an address that nothing has.
pub(crate) fn not_found(bundle: &Bundle) -> Response {
    let frame = Frame { bundle, form: None, lang: &bundle.default_language };
    frame.says(StatusCode::NOT_FOUND, "not_found")
}

impl Submission {
    /// The empty form that is to replace what is in a record; `token` is that of the link to it.
    pub fn to_replace(bundle: Arc<Bundle>, form_id: String, language: String, token: String) -> Self {
        let raw = RawAnswers::from_pairs([]);
        let (record, sent) = (Some(token), Sent::Nothing);
        Self { bundle, form_id, language, record, raw, sent, network: None, trapped: false }
    }

    pub fn network(&self) -> Option<Network> {
        self.network
    }

    /// By the count of its network: who sends it, or the page that asks to wait.
    pub fn let_in(&self, service: &Service, step: Step, taken: Taken) -> Result<Sender, Response> {
        if let Taken::Empty { seconds } = taken {
            let action = self.action(step);
            let again = Again { action: &action, raw: &self.raw };
            let mut response = self.frame().keeps(StatusCode::TOO_MANY_REQUESTS, "too_many", "", &again);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            return Err(response);
        }
        if self.trapped {
            service.log(&Event::TrapFilled { form: self.form_id.clone() });
        }
        Ok(self.sender(taken == Taken::Busy))
    }

    /// Who sends it, by what is known without asking.
    pub fn sender(&self, is_busy: bool) -> Sender {
        Sender { is_known: self.network.is_some(), is_busy, trapped: self.trapped }
    }

    /// Said on every page of a form that replaces a record.
    pub fn what_it_replaces(&self) -> Option<String> {
        let strings = self.bundle.strings(&self.language);
        self.record.as_ref().map(|_| strings.text("service.own.replacing", &[]))
    }

    pub fn record(&self) -> Option<&str> {
        self.record.as_deref()
    }

    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    pub fn language(&self) -> &str {
        &self.language
    }

    pub fn form_id(&self) -> &str {
        &self.form_id
    }

    /// The definition; `None` never happens, because [`read`] looked it up.
    pub fn form(&self) -> Option<&Form> {
        self.bundle.forms.get(&self.form_id).map(|form| &form.form)
    }

    pub fn frame(&self) -> Frame<'_> {
        Frame { bundle: &self.bundle, form: Some(&self.form_id), lang: &self.language }
    }

    pub fn action(&self, step: Step) -> String {
        with_record(action(&self.form_id, step), self.record.as_deref())
    }

    /// Whether the page was made from a definition whose fields mean something else.
    pub fn is_of_changed_form(&self, form: &Form) -> bool {
        self.raw.get(control::FINGERPRINT) != Some(form.fingerprint().as_str())
    }

    /// The form with everything that was posted.
    pub fn form_again(
        &self,
        service: &Service,
        status: StatusCode,
        violations: &[Violation],
        notice: Option<&str>,
    ) -> Response {
        self.form_with(service, status, &self.raw, violations, notice)
    }

    /// The form with other values than were posted (an entry more or fewer).
    pub fn form_with(
        &self,
        service: &Service,
        status: StatusCode,
        raw: &RawAnswers,
        violations: &[Violation],
        notice: Option<&str>,
    ) -> Response {
        let Some(form) = self.form() else { return not_found(&self.bundle) };
        let strings = self.bundle.strings(&self.language);
        let notice = notice.map(|notice| {
            strings.text(
                &format!("service.notice.{notice}"),
                &[("contact", self.bundle.contact.get(&self.language))],
            )
        });
        let notice = notice.or_else(|| self.what_it_replaces());
        let view = FormView {
            form,
            lang: &self.language,
            strings: &strings,
            cards: &self.bundle.cards,
            action: &self.action(Step::Check),
            form_url: None,
            raw,
            violations,
            notice: notice.as_deref(),
            today: service.today(&self.bundle),
        };
        let title = if violations.is_empty() {
            form.title(&self.language).to_owned()
        } else {
            strings.text("service.title.errors", &[("title", form.title(&self.language))])
        };
        let main = html! {
            (self.without_a_question(form))
            (form_page(&view))
        };
        self.frame().page(status, &title, main)
    }

    /// Answers whose question is no longer in the form: shown, so that nothing is lost silently.
    fn without_a_question(&self, form: &Form) -> Markup {
        let lost: Vec<_> = self
            .raw
            .pairs()
            .filter(|(name, value)| {
                !control::is_control(name) && !value.trim().is_empty() && form.field(name).is_none()
            })
            .collect();
        let strings = self.bundle.strings(&self.language);
        html! {
            @if !lost.is_empty() {
                section class="notice" {
                    p { (strings.text("service.notice.without_question", &[])) }
                    ul { @for (_, value) in lost { li { (value) } } }
                }
            }
        }
    }
}

fn with_record(action: String, record: Option<&str>) -> String {
    match record {
        // What is no token's character is no token, and so leads nowhere.
        Some(token)
            if token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) =>
        {
            format!("{action}?{RECORD}={token}")
        }
        _ => action,
    }
}

/// Where a form's page posts to.
pub(crate) fn action(form_id: &str, step: Step) -> String {
    match step {
        Step::Check => format!("/usluge/{form_id}/provjera"),
        Step::Attach => format!("/usluge/{form_id}/prilozi"),
        Step::Confirm => format!("/usluge/{form_id}/potvrda"),
    }
}
