//! The pages around forms and around what the handlers answer: made by the theme once, filled in again and again.

use tera::Context;

use super::{FORM_TEMPLATE, Renderer, feeds, service, templates_folder};
use crate::cache::{Ingredients, Key};
use crate::diagnostic::Diagnostic;

/// What the form handlers get.
pub(super) struct Shells {
    pub(super) bundle: ::functions::Bundle,
    /// Of the pages around forms: what they show beside the form can be of any page.
    pub(super) key: Key,
}

impl Renderer {
    /// All of them, or what is wrong with them.
    pub(super) fn shells(&self) -> (Option<Shells>, Vec<Diagnostic>) {
        let mut shells = Vec::new();
        let mut found = Vec::new();
        let mut of_services = Vec::new();
        let languages = self.site.config.languages.iter();
        for language in languages.filter(|_| self.tera.contains_template(FORM_TEMPLATE)) {
            let page = self.values.service_shell(&self.site, &language.code);
            let context = self.context(&language.code, page);
            match self.shell(&context, "site.yaml") {
                Ok(html) => of_services.push((language.code.clone(), html)),
                Err(diagnostic) => found.push(diagnostic),
            }
        }
        for form in &self.site.definitions.forms {
            for language in &self.site.config.languages {
                let page = self.values.form_shell(&self.site, form, &language.code);
                let context = self.context(&language.code, page);
                let source = format!("content/obrasci/{}.yaml", form.id());
                match self.shell(&context, &source) {
                    Ok(html) => shells.push((form.id().to_owned(), language.code.clone(), html)),
                    Err(diagnostic) => found.push(diagnostic),
                }
            }
        }
        if !found.is_empty() {
            return (None, found);
        }
        let mut of = Ingredients::of("shells");
        for html in shells.iter().map(|(_, _, html)| html).chain(of_services.iter().map(|(_, html)| html)) {
            of.bytes(html);
        }
        let key = of.finish();
        match service::bundle(&self.site, &self.sources, shells, of_services, &templates_folder(&self.site)) {
            Ok(bundle) => (Some(Shells { bundle, key }), found),
            Err(diagnostic) => (None, vec![diagnostic]),
        }
    }

    fn shell(&self, context: &Context, source: &str) -> Result<Vec<u8>, Diagnostic> {
        let page = self.template(FORM_TEMPLATE, context, source)?;
        if self.site.config.assets.minify { minified(&page, FORM_TEMPLATE) } else { Ok(page) }
    }
}

pub(super) fn minified(page: &[u8], name: &str) -> Result<Vec<u8>, Diagnostic> {
    crate::minify::html(page).map_err(|error| feeds::failed(name, &std::io::Error::other(error)))
}
