//! Whether the pages of a section, which people with script see one at a time, can be made and have a heading each.

use super::Check;
use crate::definition::{Field, Kind, Section};
use crate::problem::Bilingual;

impl Check<'_> {
    pub(super) fn pages(&mut self, section: &Section, path: &str) {
        let is_only_page = section.pages().count() < 2;
        let mut index = 0;
        for page in section.pages() {
            for (place, field) in page.iter().enumerate() {
                let path = format!("{path}/fields/{}", index + place);
                if field.with_previous {
                    self.follower(field, place == 0, &path);
                }
                if page.len() > 1 && matches!(field.kind, Kind::Group { .. }) {
                    self.add(
                        "page-with-group",
                        &path,
                        Bilingual::new(
                            "Skupina ne može dijeliti stranicu s drugim pitanjima.",
                            "A group cannot share a page with other questions.",
                        ),
                        Some(Bilingual::new(
                            "Uklonite `with_previous` skupine i pitanja iza nje.",
                            "Take `with_previous` away from the group and from the question after it.",
                        )),
                    );
                }
            }
            if let [first, _, ..] = page
                && first.page_title.is_none()
                && !is_only_page
            {
                self.add(
                    "page-without-title",
                    &format!("{path}/fields/{index}"),
                    Bilingual::new(
                        "Stranica s više pitanja nema naslova.",
                        "The page of several questions has no heading.",
                    ),
                    Some(Bilingual::new(
                        format!("Dodajte `page_title` pitanju „{}”, koje je prvo na stranici.", first.id),
                        format!("Add a `page_title` to the question “{}”, the first of the page.", first.id),
                    )),
                );
            }
            index += page.len();
        }
    }

    /// A question that stands on the page of the one before it.
    fn follower(&mut self, field: &Field, is_first: bool, path: &str) {
        if is_first {
            self.add(
                "with-previous-first",
                &format!("{path}/with_previous"),
                Bilingual::new(
                    "Prije ovoga pitanja u odjeljku nema drugoga.",
                    "No question stands before this one in its section.",
                ),
                Some(Bilingual::new(
                    "Uklonite `with_previous` ili premjestite pitanje.",
                    "Take `with_previous` away, or move the question.",
                )),
            );
        } else if field.page_title.is_some() {
            self.add(
                "page-title-inside",
                &format!("{path}/page_title"),
                Bilingual::new(
                    "Naslov stranice stoji kod pitanja koje nije prvo na stranici.",
                    "The page's heading stands at a question that is not the first of its page.",
                ),
                Some(Bilingual::new(
                    "Premjestite `page_title` prvom pitanju ili uklonite `with_previous`.",
                    "Move `page_title` to the first question, or take `with_previous` away.",
                )),
            );
        }
    }

    /// The questions of a group stand on its page, whatever they say.
    pub(super) fn no_page_of_its_own(&mut self, field: &Field, path: &str) {
        let keys = [("with_previous", field.with_previous), ("page_title", field.page_title.is_some())];
        for (key, _) in keys.into_iter().filter(|(_, is_there)| *is_there) {
            self.add(
                "page-in-group",
                &format!("{path}/{key}"),
                Bilingual::new(
                    format!("Pitanje u skupini ne može imati `{key}`: cijela je skupina jedna stranica."),
                    format!("A question of a group cannot have `{key}`: the whole group is one page."),
                ),
                Some(Bilingual::new(format!("Uklonite `{key}`."), format!("Take `{key}` away."))),
            );
        }
    }
}
