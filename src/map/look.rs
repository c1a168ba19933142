//! Owns the colours of maps. It does not know what is drawn with them.

use crate::render::{Palette, Rgba};

/// For which ground a map is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    #[default]
    Light,
    Dark,
    /// No ground of its own, and colours that can be seen on white and on black.
    Transparent,
}

/// The colours of a theme.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// What lies below the map; nothing on a ground of others.
    pub sea: Option<Rgba>,
    pub land: Rgba,
    pub border: Rgba,
    pub ink: Rgba,
    pub faint_ink: Rgba,
    pub dot: Rgba,
    pub dot_edge: Rgba,
    /// The classes of countries, from few to many visitors.
    pub classes: [Rgba; super::classes::MOST],
    pub palette: Palette,
}

const LIGHT: Look = Look {
    sea: Some(rgb(0xf6_f5_f1)),
    land: rgb(0xdd_d8_ce),
    border: rgb(0xf6_f5_f1),
    ink: rgb(0x3d_39_33),
    faint_ink: rgb(0x6f_69_5f),
    dot: rgba(0xdb_48_11, 0xb4),
    dot_edge: rgba(0xff_ff_ff, 0xc8),
    classes: [rgb(0xf9_d9_c2), rgb(0xf4_b3_8a), rgb(0xea_85_50), rgb(0xd0_54_20), rgb(0x96_2d_0a)],
    palette: Palette::Heat,
};

const DARK: Look = Look {
    sea: Some(rgb(0x1a_19_17)),
    land: rgb(0x3b_37_33),
    border: rgb(0x1a_19_17),
    ink: rgb(0xde_d9_d1),
    faint_ink: rgb(0x9c_95_8b),
    dot: rgba(0xff_95_57, 0xbe),
    dot_edge: rgba(0x1a_19_17, 0xb4),
    classes: [rgb(0x63_3c_2a), rgb(0x92_4d_2c), rgb(0xc4_62_31), rgb(0xf0_85_48), rgb(0xff_c3_98)],
    palette: Palette::Night,
};

const TRANSPARENT: Look = Look {
    sea: None,
    land: rgba(0x8c_86_7c, 0x78),
    border: rgba(0x8c_86_7c, 0x5a),
    ink: rgb(0x7d_76_6c),
    faint_ink: rgb(0x7d_76_6c),
    dot: rgba(0xea_58_1c, 0xc8),
    dot_edge: rgba(0xff_ff_ff, 0xb4),
    classes: [rgb(0xf0_b4_8c), rgb(0xea_8f_58), rgb(0xdf_69_2c), rgb(0xc4_4a_12), rgb(0x9a_30_08)],
    palette: Palette::Heat,
};

impl Theme {
    /// Returns the colours.
    pub const fn look(self) -> &'static Look {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
            Self::Transparent => &TRANSPARENT,
        }
    }
}

const fn rgb(code: u32) -> Rgba {
    rgba(code, 0xff)
}

const fn rgba(code: u32, alpha: u8) -> Rgba {
    let [_, red, green, blue] = code.to_be_bytes();
    Rgba { red, green, blue, alpha }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast by WCAG 2.
    fn contrast(a: Rgba, b: Rgba) -> f32 {
        let linear = |channel: u8| {
            let share = f32::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |c: Rgba| 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_can_be_read() {
        for theme in [Theme::Light, Theme::Dark] {
            let look = theme.look();
            for ink in [look.ink, look.faint_ink] {
                assert!(contrast(ink, look.sea.unwrap()) >= 4.5, "{theme:?}");
            }
        }
        for ground in [Rgba::opaque(255, 255, 255), Rgba::opaque(13, 17, 23)] {
            assert!(contrast(TRANSPARENT.ink, ground) >= 3.9, "{ground:?}");
        }
    }

    #[test]
    fn more_visitors_have_more_contrast_to_the_land() {
        for theme in [Theme::Light, Theme::Dark] {
            let look = theme.look();
            let contrasts: Vec<f32> = look.classes.iter().map(|class| contrast(*class, look.sea.unwrap())).collect();
            assert!(contrasts.windows(2).all(|pair| pair[0] * 1.2 < pair[1]), "{theme:?}: {contrasts:?}");
            assert!(look.classes.iter().all(|class| *class != look.land));
        }
    }
}
