//! Owns what an element looks like in the wireframe: tag, role and flags become a look.
//! The strokes are in [`crate::render::canvas::wireframe`].

use super::{
    layout::{PageLayout, PlacedBox},
    params::PageState,
};
use crate::{
    model::LayoutFlags,
    render::{
        Rect,
        canvas::wireframe::{Block, ICON_SIDE, Look},
    },
};

/// Smallest share of samples in which an element stands that is drawn: less is a passing state of the page.
const LEAST_SHARE: f32 = 0.5;

/// Returns what to draw of a page in a state. Elements known only from another state, as from an opened dialog, have their
/// clicks, but are not drawn; see [`dialogs`].
pub fn blocks(layout: &PageLayout, state: PageState) -> Vec<Block> {
    let is_of_state = |b: &PlacedBox| matches!(state, PageState::Open(id) if b.state == id);
    let typical = layout.boxes.iter().filter(|b| b.share >= LEAST_SHARE || is_of_state(b));
    let mut blocks: Vec<Block> = typical
        .filter_map(|b| {
            let block = Block { rect: rect(b), look: look(b, layout)?, lifted: b.is_fixed() || is_of_state(b) };
            (block.rect.right() > 0 && block.rect.bottom() > 0).then_some(block)
        })
        .collect();
    without_doubles(&mut blocks);
    blocks
}

/// Returns the frames of dialogs that were clicked in; `clicks` are those of the layout's boxes.
pub fn dialogs(layout: &PageLayout, clicks: &[u64]) -> Vec<Rect> {
    let in_dialogs = || layout.boxes.iter().zip(clicks).filter(|(b, _)| b.flags.contains(LayoutFlags::DIALOG));
    in_dialogs()
        .map(|(b, _)| b)
        .filter(|b| b.tag == "dialog" || b.role.ends_with("dialog"))
        .map(rect)
        .filter(|frame| in_dialogs().any(|(b, &clicks)| clicks > 0 && frame.contains(rect(b))))
        .collect()
}

/// Returns the box in whole pixels.
pub fn rect(b: &PlacedBox) -> Rect {
    let (x, y) = (b.x.round() as i32, b.y.round() as i32);
    Rect::new(x, y, (b.x + b.width).round() as i32 - x, (b.y + b.height).round() as i32 - y)
}

/// Drops bars within bars (a `nav` in a `header`) and boxes drawn twice (`picture` around `img`).
fn without_doubles(blocks: &mut Vec<Block>) {
    let all = blocks.clone();
    let mut at = 0;
    blocks.retain(|block| {
        let before = &all[..at];
        at += 1;
        !before.iter().any(|outer| {
            outer.look == block.look
                && (outer.rect == block.rect || (block.look == Look::Bar && outer.rect.contains(block.rect)))
        })
    });
}

fn look(b: &PlacedBox, layout: &PageLayout) -> Option<Look> {
    match b.role.as_str() {
        "button" | "tab" | "menuitem" => return Some(Look::Button),
        "link" => return Some(link(b, layout)),
        "checkbox" | "switch" | "radio" => return Some(Look::Toggle { round: b.role == "radio" }),
        "textbox" | "searchbox" => return Some(Look::Input),
        "combobox" | "listbox" => return Some(Look::Select),
        "banner" | "navigation" | "contentinfo" => return bar(b, layout),
        "dialog" | "alertdialog" => return Some(Look::Card),
        _ => {}
    }
    match b.tag.as_str() {
        "html" | "body" | "main" | "figure" | "picture" if !b.flags.contains(LayoutFlags::SCROLL_CONTAINER) => None,
        "header" | "nav" | "footer" => bar(b, layout),
        "article" | "section" => Some(part(b, layout)),
        "aside" | "form" | "dialog" | "fieldset" => Some(Look::Card),
        "a" => Some(link(b, layout)),
        "button" | "summary" => Some(Look::Button),
        "select" => Some(Look::Select),
        "input" if b.width <= 30.0 && b.height <= 30.0 => Some(Look::Toggle { round: false }),
        "input" | "textarea" => Some(Look::Input),
        "video" => Some(Look::Video),
        "img" | "svg" | "canvas" | "iframe" | "object" | "embed" => Some(picture(b)),
        "h1" => Some(Look::Heading { line_height: 64 }),
        "h2" => Some(Look::Heading { line_height: 44 }),
        "h3" => Some(Look::Heading { line_height: 36 }),
        "h4" | "h5" | "h6" => Some(Look::Heading { line_height: 30 }),
        "p" | "li" | "dt" | "dd" | "td" | "th" | "blockquote" | "pre" | "figcaption" | "label" => Some(Look::Text),
        _ => by_flags(b),
    }
}

/// Returns the look of an element whose tag says nothing: a custom element, a `div` that can be clicked.
fn by_flags(b: &PlacedBox) -> Option<Look> {
    let has = |flag| b.flags.contains(flag);
    if has(LayoutFlags::SCROLL_CONTAINER) {
        Some(Look::Scroller)
    } else if has(LayoutFlags::INTERACTIVE) {
        Some(if b.height < 64.0 { Look::Button } else { Look::Card })
    } else if has(LayoutFlags::MEDIA) {
        Some(picture(b))
    } else if has(LayoutFlags::TEXT) {
        Some(Look::Text)
    } else {
        has(LayoutFlags::LANDMARK).then_some(Look::Section)
    }
}

/// Returns a bar for what spans the page. The header of a card is nothing to draw, a list of contents only a frame.
fn bar(b: &PlacedBox, layout: &PageLayout) -> Option<Look> {
    if b.width >= layout.width as f32 * 0.7 {
        return Some(Look::Bar);
    }
    (b.tag == "nav" && b.height > 80.0).then_some(Look::Section)
}

/// Returns a card for a part of the page that stands among others, a hairline for one that is the page.
fn part(b: &PlacedBox, layout: &PageLayout) -> Look {
    if b.width < layout.width as f32 * 0.6 && b.height < layout.height as f32 * 0.6 {
        Look::Card
    } else {
        Look::Section
    }
}

/// Returns a button for links that are shaped like one, unless one beside them is not: then they are the longer words of a menu.
fn link(b: &PlacedBox, layout: &PageLayout) -> Look {
    let is_in_a_menu = || layout.boxes.iter().any(|other| is_link_beside(other, b) && !is_shaped_like_a_button(other));
    if is_shaped_like_a_button(b) && !is_in_a_menu() { Look::Button } else { Look::Link }
}

fn is_link_beside(other: &PlacedBox, b: &PlacedBox) -> bool {
    other.tag == b.tag && (other.y - b.y).abs() < 1.0 && (other.height - b.height).abs() < 1.0
}

fn is_shaped_like_a_button(b: &PlacedBox) -> bool {
    (38.0..=80.0).contains(&b.height) && b.width >= b.height * 1.5 && b.width <= 420.0
}

fn picture(b: &PlacedBox) -> Look {
    if b.width.min(b.height) < ICON_SIDE as f32 { Look::Icon } else { Look::Picture }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        heatmap::{
            fixture::{PageBuilder, a_page},
            layout::PageSize,
        },
        model::Layout,
    };

    fn drawn(samples: &[Layout]) -> Vec<Block> {
        blocks(&PageLayout::merge(samples, PageSize::default(), 1280), PageState::Any)
    }

    #[test]
    fn knows_the_parts_of_a_page() {
        let blocks = drawn(&[a_page()]);
        let looks_at =
            |x, y| blocks.iter().filter(|b| (b.rect.x, b.rect.y) == (x, y)).map(|b| b.look).collect::<Vec<_>>();
        let cases = [
            ("the sticky header", (0, 0), vec![Look::Bar]),
            ("a link in the menu", (580, 20), vec![Look::Link]),
            ("a link shaped like a button", (96, 420), vec![Look::Button]),
            ("a button", (904, 1668), vec![Look::Button]),
            ("a heading", (96, 160), vec![Look::Heading { line_height: 64 }]),
            ("a card and its picture", (96, 728), vec![Look::Card, Look::Picture]),
            ("a check box", (904, 1622), vec![Look::Toggle { round: false }]),
            ("a panel with its own scroll bar", (96, 2550), vec![Look::Scroller]),
            ("the navigation inside the header", (560, 0), vec![]),
        ];
        for (what, (x, y), looks) in cases {
            assert_eq!(looks_at(x, y), looks.as_slice(), "{what}");
        }
        assert!(blocks.iter().filter(|block| block.lifted).count() >= 6);
    }

    #[test]
    fn a_long_word_of_a_menu_is_no_button() {
        let page = PageBuilder::new(1280, 900).with("a#home", [600, 10, 44, 40]).with("a#calendar", [660, 10, 80, 40]);
        let looks: Vec<Look> = drawn(&[page.build()]).iter().map(|block| block.look).collect();
        assert_eq!(looks, [Look::Link, Look::Link]);
    }

    #[test]
    fn frames_a_dialog_that_was_clicked_in() {
        let page = PageBuilder::new(1280, 900).with("h1", [0, 0, 300, 40]).build();
        let dialog = PageBuilder::new(1280, 900)
            .partial()
            .with_flags("dialog#photo", [200, 100, 600, 400], LayoutFlags::DIALOG)
            .with_flags("button#like", [220, 420, 80, 40], LayoutFlags::DIALOG)
            .build();
        let layout = PageLayout::merge(&[page, dialog], PageSize::default(), 1280);
        let mut clicks = vec![0; layout.boxes.len()];
        assert_eq!(dialogs(&layout, &clicks), []);
        clicks[layout.find("button#like").unwrap()] = 3;
        assert_eq!(dialogs(&layout, &clicks), [Rect::new(200, 100, 600, 400)]);
    }

    #[test]
    fn leaves_out_what_most_visitors_do_not_see() {
        let plain = || PageBuilder::new(1280, 900).with("h1", [0, 0, 300, 40]);
        let banner = plain().with("button#cookies", [0, 800, 200, 50]).build();
        let dialog = PageBuilder::new(1280, 900).partial().with("button#ok", [0, 600, 80, 40]).build();
        let blocks = drawn(&[plain().build(), banner, plain().build(), dialog]);
        assert_eq!(blocks.len(), 1, "{blocks:?}");
    }
}
