//! `POST /usluge/<form>/prilozi`: the page between answers and check, where files are added one by one.
//!
//! Every request carries all answers, so that the page needs no session: they are validated again each time.

use std::borrow::Cow;

use attachments::{Cleaned, Limits, Refusal, clean};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use forms::attachments::{Asked, FileKind, asked, described, size};
use forms::html::{AttachmentsView, Wrong, attachments_page};
use forms::strings::Strings;
use forms::{Answers, Form, control, validate};
use store::{FileHead, Staged, StagedFile, StoreError};

use crate::attached::{Batch, added};
use crate::confirm::try_again;
use crate::multipart::Sent;
use crate::request::{Segment, Step, Submission, not_found, read};
use crate::{Service, check, check_key, event};

/// Handles the request.
pub(crate) async fn handle(
    State(service): State<Service>,
    Segment(form_id): Segment,
    request: Request,
) -> Response {
    match read(&service, form_id, Step::Attach, request).await {
        Ok(mut submission) => {
            let sent = std::mem::replace(&mut submission.sent, Sent::Nothing);
            answer(&service, &submission, sent).await
        }
        Err(response) => response,
    }
}

async fn answer(service: &Service, submission: &Submission, sent: Sent) -> Response {
    let Some(form) = submission.form() else { return not_found(submission.bundle()) };
    if submission.is_of_changed_form(form) {
        return submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &[], Some("form_changed"));
    }
    let answers = match validate(form, &submission.raw, service.today(submission.bundle())) {
        Ok(answers) => answers,
        Err(violations) => {
            return submission.form_again(service, StatusCode::UNPROCESSABLE_ENTITY, &violations, None);
        }
    };
    let files = match Filling::open(service, submission, form, &answers).await {
        Ok(files) => files,
        Err(response) => return response,
    };
    if files.asked.is_empty() {
        return check::page_with(&files, &answers, StatusCode::OK, None);
    }
    if let Some(id) = submission.raw.get(control::UNSTAGE) {
        return files.without(id).await;
    }
    match sent {
        Sent::Nothing if submission.raw.get(control::ONWARD).is_some() => {
            check::page_with(&files, &answers, StatusCode::OK, None)
        }
        Sent::Nothing => files.page(StatusCode::OK, &[], None),
        Sent::NotChosen { input } => files.refused(&input, "nothing"),
        Sent::Several => files.refused("", "several"),
        Sent::CutOff { input } => files.refused(&input, Refusal::TooLarge.code()),
        Sent::File { input, content } => files.with(&input, content).await,
    }
}

/// The files of one filling-in, and the page that shows them.
pub(crate) struct Filling<'a> {
    pub service: &'a Service,
    pub submission: &'a Submission,
    pub form: &'a Form,
    pub strings: Cow<'a, Strings>,
    /// The questions for files that apply.
    pub asked: Vec<Asked<'a>>,
    /// What binds the files together; none where no question for files applies.
    batch: Option<Batch<'a>>,
    /// Those that are asked for, oldest first.
    pub files: Vec<FileHead>,
    /// Those whose question no longer applies: not shown, not confirmed, and gone with the next sweep.
    others: Vec<FileHead>,
    /// Whether no page for files was shown before.
    pub is_new: bool,
    /// Whether the field that people do not see was filled in, now or on an earlier page.
    pub trapped: bool,
}

impl<'a> Filling<'a> {
    /// Looks up which files there are; where the page carries no batch, a new one begins.
    pub async fn open(
        service: &'a Service,
        submission: &'a Submission,
        form: &'a Form,
        answers: &Answers,
    ) -> Result<Self, Response> {
        let asked = asked(form, answers);
        let token = submission.raw.get(control::BATCH);
        let batch = token.and_then(|token| Batch::read(&service.hashing, form.id(), token));
        let trapped = submission.trapped
            || batch.as_ref().is_some_and(|batch| batch.trapped)
            || submission.raw.get(control::KEY).is_some_and(|key| {
                check_key::is_trapped(&service.hashing, form.id(), &form.fingerprint(), key)
            });
        let mut batch = batch.filter(|_| !asked.is_empty());
        let is_new = batch.is_none();
        if is_new && !asked.is_empty() {
            let Some(random) = service.random() else {
                return Err(failed(service, submission, "no-randomness", "no randomness"));
            };
            batch = Some(Batch::issue(&service.hashing, form.id(), random));
        }
        let batch = if trapped { batch.map(Batch::trapped) } else { batch };
        let strings = submission.bundle().strings(submission.language());
        let (files, others) = (Vec::new(), Vec::new());
        let mut filling =
            Self { service, submission, form, strings, asked, batch, files, others, is_new, trapped };
        if !is_new {
            filling.reload().await?;
        }
        Ok(filling)
    }

    async fn reload(&mut self) -> Result<(), Response> {
        let Some(batch) = &self.batch else { return Ok(()) };
        let files = self.service.store.staged(&batch.hash).await;
        let files = files.map_err(|error| {
            failed(self.service, self.submission, event::store_code(&error), &error.to_string())
        })?;
        let is_asked = |file: &FileHead| self.asked.iter().any(|asked| asked.field.id == file.field);
        (self.files, self.others) = files.into_iter().partition(is_asked);
        Ok(())
    }

    /// What keeps the filling-in from going on: a required file that is missing, or too many.
    pub fn wrong(&self) -> Vec<Wrong<'a>> {
        let lang = self.submission.language();
        let wrong = |asked: &Asked<'a>| {
            let text = match self.count(&asked.field.id) {
                0 if asked.required => asked.missing(lang, &self.strings),
                // Two requests at once can add one more than there may be.
                count if count > most(asked) => self.strings.text("file.refused.full", &[]),
                _ => return None,
            };
            Some(Wrong { field: &asked.field.id, text })
        };
        self.asked.iter().filter_map(wrong).collect()
    }

    /// What pages carry.
    pub fn token(&self) -> &str {
        self.batch.as_ref().map_or("", |batch| &batch.token)
    }

    fn count(&self, field: &str) -> usize {
        self.files.iter().filter(|file| file.field == field).count()
    }

    /// The page.
    pub fn page(&self, status: StatusCode, wrong: &[Wrong<'_>], notice: Option<&str>) -> Response {
        let lang = self.submission.language();
        let files: Vec<_> = self.files.iter().filter_map(added).collect();
        let view = AttachmentsView {
            form: self.form,
            lang,
            strings: &self.strings,
            asked: &self.asked,
            files: &files,
            raw: &self.submission.raw,
            batch: self.token(),
            files_action: &self.submission.action(Step::Attach),
            edit_action: &self.submission.action(Step::Check),
            kept_for: &self.kept_for(),
            wrong,
            notice,
            script: self.submission.bundle().scripts.attach.as_ref(),
        };
        let title = self.form.title(lang);
        let title = self.strings.text("service.title.attachments", &[("title", title)]);
        let title = match wrong {
            [] => title,
            _ => self.strings.text("service.title.errors", &[("title", &title)]),
        };
        self.submission.frame().page(status, &title, attachments_page(&view))
    }

    /// The page with a sentence of the catalogue above it.
    pub fn says(&self, status: StatusCode, key: &str) -> Response {
        self.page(status, &[], Some(&self.strings.text(key, &[("period", &self.kept_for())])))
    }

    fn kept_for(&self) -> String {
        self.submission.bundle().retention.staged_files().in_words(&self.strings)
    }

    /// The page that says why a file was not added.
    fn refused(&self, input: &str, code: &str) -> Response {
        let limit = size(self.form.attachment_limits().max_bytes, &self.strings);
        let text = self.strings.text(&format!("file.refused.{code}"), &[("size", &limit)]);
        let field = input.strip_prefix(control::UPLOAD_PREFIX);
        let asked = self.asked.iter().find(|asked| Some(asked.field.id.as_str()) == field);
        match asked.or_else(|| self.asked.first()) {
            Some(asked) => {
                let wrong = [Wrong { field: &asked.field.id, text }];
                self.page(StatusCode::UNPROCESSABLE_ENTITY, &wrong, None)
            }
            None => self.page(StatusCode::UNPROCESSABLE_ENTITY, &[], Some(&text)),
        }
    }

    async fn without(mut self, id: &str) -> Response {
        let Some(batch) = &self.batch else { return self.page(StatusCode::OK, &[], None) };
        let taken = self.service.store.unstage(&batch.hash, id).await;
        let done = match taken {
            // Removed by an earlier click, or swept: it is not there, which is what was asked for.
            Ok(_) => self.reload().await,
            Err(error) => {
                let code = event::store_code(&error);
                Err(failed(self.service, self.submission, code, &error.to_string()))
            }
        };
        match done {
            Ok(()) => self.says(StatusCode::OK, "file.removed"),
            Err(response) => response,
        }
    }

    async fn with(mut self, input: &str, content: Vec<u8>) -> Response {
        let field = input.strip_prefix(control::UPLOAD_PREFIX).unwrap_or_default();
        let Some(asked) = self.asked.iter().find(|asked| asked.field.id == field).copied() else {
            return self.refused(input, "not_asked");
        };
        let Some(batch) = self.batch.clone() else { return self.refused(input, "not_asked") };
        // Both take a while, and other requests wait for this thread.
        let sealer = self.service.sealer.clone();
        let most_bytes = usize::try_from(self.form.attachment_limits().max_bytes).unwrap_or(usize::MAX);
        let limits = Limits { most_bytes, ..Limits::default() };
        let prepared = tokio::task::spawn_blocking(move || {
            let cleaned = clean(&content, &limits).map_err(Unfit::Refused)?;
            let sealed =
                sealer.seal_for_desk(&cleaned.bytes).map_err(|error| Unfit::Failed(error.to_string()))?;
            Ok((cleaned, sealed))
        });
        let (cleaned, sealed) = match prepared.await {
            Ok(Ok(prepared)) => prepared,
            Ok(Err(Unfit::Refused(refusal))) => return self.refused(input, refusal.code()),
            Ok(Err(Unfit::Failed(reason))) => {
                return failed(self.service, self.submission, "sealing-failed", &reason);
            }
            Err(error) => {
                return failed(self.service, self.submission, "cleaning-failed", &error.to_string());
            }
        };
        let digest = batch.digest(&cleaned.bytes);
        let is_here =
            |files: &[FileHead]| files.iter().any(|file| file.field == field && file.digest == digest);
        if is_here(&self.files) {
            return self.says(StatusCode::OK, "file.added_before");
        }
        if self.count(field) >= most(&asked) {
            return self.refused(input, "full");
        }
        let head = self.head(field, &cleaned, &digest);
        let mut file =
            StagedFile { batch: batch.hash.clone(), form: self.form.id().to_owned(), head, sealed };
        for id in batch.ids(field, &digest) {
            file.head.id = id;
            match self.stage(&file).await {
                Ok(Staged::Stored) => {}
                Ok(Staged::Full) => return self.refused(input, "full"),
                Err(error) => {
                    let code = event::store_code(&error);
                    return failed(self.service, self.submission, code, &error.to_string());
                }
            }
            if let Err(response) = self.reload().await {
                return response;
            }
            // An id that belongs to a record already stays with it.
            if is_here(&self.files) {
                break;
            }
        }
        let (kind, size_bytes) = (FileKind::of(&file.head.kind), file.head.size_bytes);
        let file = kind.map(|kind| described(kind, size_bytes, &self.strings)).unwrap_or_default();
        let notice = self.strings.text("file.added", &[("file", &file)]);
        self.page(StatusCode::OK, &[], Some(&notice))
    }

    /// Stages a file; those that are no longer asked for make room, since nobody sees them to remove them.
    async fn stage(&self, file: &StagedFile) -> Result<Staged, StoreError> {
        let store = &self.service.store;
        let most = self.form.attachment_limits().max_files as usize;
        let staged = store.stage(file, most).await?;
        if staged == Staged::Stored || self.others.is_empty() {
            return Ok(staged);
        }
        for other in &self.others {
            store.unstage(&file.batch, &other.id).await?;
        }
        store.stage(file, most).await
    }

    fn head(&self, field: &str, cleaned: &Cleaned, digest: &str) -> FileHead {
        FileHead {
            id: String::new(),
            field: field.to_owned(),
            kind: cleaned.kind.name().to_owned(),
            size_bytes: cleaned.bytes.len() as u64,
            digest: digest.to_owned(),
            staged_at: self.service.now(),
        }
    }
}

fn most(asked: &Asked<'_>) -> usize {
    usize::try_from(asked.max_files).unwrap_or(usize::MAX)
}

/// Why a file is not staged.
enum Unfit {
    /// It is not taken; the page says why.
    Refused(Refusal),
    /// It is our fault.
    Failed(String),
}

fn failed(service: &Service, submission: &Submission, code: &'static str, reason: &str) -> Response {
    try_again(service, submission, Step::Attach, code, reason)
}
