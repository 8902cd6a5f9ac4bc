//! The pages of a form: the form itself (static page and answer with violations alike), the check page, and the
//! list of answers of a receipt.

mod answers;
mod attachment;
mod attachments_page;
mod before;
mod check_page;
mod choice;
mod date;
mod errors;
mod field;
mod form_page;
mod frame;
mod group;
mod hidden;
mod need;
mod paper;
mod parts;
mod price;
mod save;
mod script;
mod steps;

pub use answers::answers_list;
pub use attachments_page::{AttachmentsView, Wrong, attachments_page};
pub use check_page::{AttachedView, CheckView, WorkView, check_page};
pub use form_page::{FormView, form_page};
pub use need::{NEED_FOLDER, NeedView, need_page, need_url};
pub use paper::{PAPER_FOLDER, PaperView, paper_page, paper_url};
pub use script::Script;
