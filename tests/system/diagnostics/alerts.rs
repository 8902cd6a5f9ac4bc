//! Mistakes in alerts.

use tests::Site;

use super::{says, says_as, warns};

const PATH: &str = "content/obavijesti/voda.md";

fn alert(front: &str, text: &str) -> impl Fn(&Site) {
    let content = format!("---\ntitle: Nema vode\nexpires: 2027-01-01\n{front}---\n\n{text}\n");
    move |site| {
        site.write(PATH, &content);
    }
}

#[test]
fn mistakes_in_alerts() {
    says("alert-level-unknown", "content/obavijesti/voda.md:4:", alert("level: hitno\n", "Do 18 sati."));
    says(
        "alert-section-unknown",
        "content/obavijesti/voda.md:4:",
        alert("sections: [dijasopra]\n", "Do 18 sati."),
    );
    says("alert-with-block", "content/obavijesti/voda.md:6:1", alert("", "## Nema vode"));
    says_as(
        "alert-with-slug",
        "key-of-other-kind",
        "content/obavijesti/voda.md:4:1",
        alert("slug: voda\n", "Do 18."),
    );
    says("alert-folder-without-list", "content/obavijesti/_index.md", |site| {
        site.write("content/obavijesti/_index.md", "---\ntitle: Obavijesti\n---\n");
    });
}

#[test]
fn doubts_about_alerts() {
    warns("alert-without-end", |site| {
        site.write(PATH, "---\ntitle: Nema vode\n---\n\nDo 18 sati.\n");
    });
    warns("alert-too-long", alert("", &"Voda dolazi cisternom. ".repeat(30)));
    warns("alert-differs", |site| {
        alert("", "Do 18 sati.")(site);
        site.write(
            "content/obavijesti/voda.en.md",
            "---\ntitle: No water\nlevel: danger\nexpires: 2028-01-01\n---\n\nUntil 6 p.m.\n",
        );
    });
}
