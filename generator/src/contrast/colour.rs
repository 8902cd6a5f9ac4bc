//! Contrast of two colours (WCAG 2.2, “contrast ratio”), and the nearest colour with enough of it.

use csscolorparser::Color;

/// The ratio of two opaque colours, 1 to 21.
pub(super) fn ratio(one: &Color, other: &Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2.2, “relative luminance”.
fn luminance(colour: &Color) -> f64 {
    let linear = |channel: f32| {
        let channel = f64::from(channel.clamp(0.0, 1.0));
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b)
}

/// What is seen of a colour on an opaque one.
pub(super) fn over(colour: &Color, ground: &Color) -> Color {
    let mixed = |above: f32, below: f32| above * colour.a + below * (1.0 - colour.a);
    Color::new(mixed(colour.r, ground.r), mixed(colour.g, ground.g), mixed(colour.b, ground.b), 1.0)
}

/// The colour of the same hue that differs least in lightness and has enough contrast.
pub(super) fn nearest(colour: &Color, ground: &Color, needed: f64) -> Option<Color> {
    let [lightness, a, b, _] = colour.to_oklaba();
    let with = |lightness: f32| {
        let [red, green, blue, _] = Color::from_oklaba(lightness, a, b, 1.0).to_rgba8();
        Color::from_rgba8(red, green, blue, 255)
    };
    let passes = |lightness: f32| ratio(&with(lightness), ground) >= needed;
    let towards = |end: f32| {
        let (mut failing, mut passing) = (lightness, end);
        if !passes(end) {
            return None;
        }
        for _ in 0..20 {
            let middle = f32::midpoint(failing, passing);
            if passes(middle) { passing = middle } else { failing = middle }
        }
        Some(passing)
    };
    let found = [towards(0.0), towards(1.0)].into_iter().flatten();
    let distance = |found: &f32| (found - lightness).abs();
    found.min_by(|one, other| distance(one).total_cmp(&distance(other))).map(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Color {
        csscolorparser::parse(text).unwrap()
    }

    #[test]
    fn ratios_are_those_of_wcag() {
        for (one, other, expected) in [
            ("#000", "#fff", 21.0),
            ("#fff", "#fff", 1.0),
            ("#777", "#fff", 4.478),
            ("#767676", "#fff", 4.542),
        ] {
            let found = ratio(&colour(one), &colour(other));
            assert!((found - expected).abs() < 0.001, "{one} on {other}: {found}");
        }
        assert_eq!(over(&colour("rgb(0 0 0 / 50%)"), &colour("#fff")).to_rgba8(), [128, 128, 128, 255]);
    }

    #[test]
    fn the_nearest_colour_passes_and_is_near() {
        for (one, ground, needed) in [
            ("#777", "#fff", 4.5),
            ("#e8bd4f", "#fff", 3.0),
            ("#0b5345", "#0f1715", 4.5),
            ("#808080", "#808080", 4.5),
        ] {
            let found = nearest(&colour(one), &colour(ground), needed).unwrap();
            let reached = ratio(&found, &colour(ground));
            assert!(reached >= needed && reached < needed + 0.15, "{one} on {ground}: {reached}");
        }
        assert_eq!(
            nearest(&colour("#777"), &colour("#fff"), 4.5).unwrap().to_css_hex().to_string(),
            "#767676"
        );
    }
}
