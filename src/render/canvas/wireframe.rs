//! Owns the wireframe: a page as grey panels, text lines, crossed pictures and outlined controls, which a person
//! recognises as their page. It does not know HTML; who calls it says what looks like what.

use super::{Layer, Rect, Shade};
use crate::render::Surface;

/// What a box looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A shaded bar across the page: header, navigation, footer.
    Bar,
    /// A bordered white card: article, form, aside, dialog.
    Card,
    /// A part of the page that a hairline sets off.
    Section,
    /// A part with its own scroll bar.
    Scroller,
    /// Lines of text.
    Text,
    /// Lines of text that are larger and darker; the height of one line in CSS pixels.
    Heading {
        line_height: i32,
    },
    /// Text that leads somewhere.
    Link,
    Button,
    /// A field to type into.
    Input,
    /// A field to choose from.
    Select,
    /// A check box or radio button.
    Toggle {
        round: bool,
    },
    Picture,
    Video,
    /// A picture or drawing of a few letters' size.
    Icon,
}

impl Look {
    const fn is_panel(self) -> bool {
        matches!(self, Self::Bar | Self::Card | Self::Section | Self::Scroller)
    }

    /// Returns how early it is drawn: panels below pictures, pictures below text, controls on top.
    const fn depth(self) -> u8 {
        match self {
            Self::Bar | Self::Card | Self::Section | Self::Scroller => 0,
            Self::Picture | Self::Video => 1,
            Self::Text | Self::Heading { .. } => 2,
            Self::Link | Self::Button | Self::Input | Self::Select | Self::Toggle { .. } | Self::Icon => 3,
        }
    }

    const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Heading { .. })
    }
}

/// One box of the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub rect: Rect,
    pub look: Look,
    /// It stays on the screen while the page scrolls, and so lies above the rest.
    pub lifted: bool,
}

// Few shades, well apart: together with the heat over them they have to get by with 256 colours.
const WHITE: Shade = Shade::WHITE;
/// Bars, buttons, pictures.
const PANEL: Shade = Shade::new(8);
/// Borders, running text.
const LINE: Shade = Shade::new(20);
/// Headings, links, labels, borders of controls.
const DARK: Shade = Shade::new(42);

/// Height of a line of running text in CSS pixels.
const TEXT_LINE: i32 = 28;
/// Below this side, in CSS pixels, a picture is an icon.
pub const ICON_SIDE: i32 = 48;

/// Draws the page on paper: panels and pictures from large to small, then what is on them, at last what is lifted.
/// `scale` is picture pixels per CSS pixel.
pub fn draw(surface: &mut dyn Surface, blocks: &[Block], scale: f32) {
    surface.fill(surface.bounds(), Layer::Paper, WHITE);
    let mut order: Vec<&Block> = blocks.iter().filter(|block| !is_covered(block, blocks)).collect();
    order.sort_by_key(|block| {
        let depth = block.look.depth();
        (block.lifted, depth, if depth < 2 { -block.rect.area() } else { 0 })
    });
    let mut pen = Pen { surface, scale };
    for block in order {
        pen.block(block, is_filled(block, blocks));
    }
}

/// Returns true where something lies in the block and says what is in it. A list item that is as large as its link or button
/// says nothing.
fn is_filled(outer: &Block, blocks: &[Block]) -> bool {
    blocks.iter().any(|inner| {
        inner != outer && outer.rect.contains(inner.rect) && !(inner.rect == outer.rect && inner.look.is_text())
    })
}

/// Returns true where drawing a text block would only muddle what lies in it: a list item around a link, a table cell
/// around a paragraph.
fn is_covered(outer: &Block, blocks: &[Block]) -> bool {
    if !outer.look.is_text() {
        return false;
    }
    let inside = blocks
        .iter()
        .filter(|inner| outer.rect.contains(inner.rect) && (inner.rect != outer.rect || !inner.look.is_text()));
    let mut area = 0;
    for inner in inside {
        if inner.look.is_text() || inner.look.is_panel() || inner.look == Look::Picture {
            return true;
        }
        area += inner.rect.area();
    }
    area * 3 > outer.rect.area()
}

struct Pen<'a> {
    surface: &'a mut dyn Surface,
    scale: f32,
}

impl Pen<'_> {
    /// Turns CSS pixels into picture pixels; nothing gets thinner than one.
    fn px(&self, css: i32) -> i32 {
        ((css as f32 * self.scale).round() as i32).max(1)
    }

    fn place(&self, rect: Rect) -> Rect {
        let at = |css: i32| (css as f32 * self.scale).round() as i32;
        let (x, y) = (at(rect.x), at(rect.y));
        Rect::new(x, y, (at(rect.right()) - x).max(1), (at(rect.bottom()) - y).max(1))
    }

    fn block(&mut self, block: &Block, filled: bool) {
        let rect = self.place(block.rect);
        match block.look {
            Look::Bar => self.bar(rect, block.lifted),
            Look::Card => self.card(rect, 8, [LINE, WHITE]),
            Look::Section => self.section(rect),
            Look::Scroller => self.scroller(rect),
            Look::Text => self.text(block.rect, TEXT_LINE, LINE),
            Look::Heading { line_height } => self.text(block.rect, line_height, DARK),
            Look::Link => self.link(block.rect, filled),
            Look::Button => self.button(rect, filled),
            Look::Input => self.input(rect),
            Look::Select => self.select(rect),
            Look::Toggle { round } => self.toggle(rect, round),
            Look::Picture => self.picture(rect),
            Look::Video => self.video(rect),
            Look::Icon => self.surface.fill_round(rect, rect.width.min(rect.height) / 3, Layer::Paper, LINE),
        }
    }

    fn card(&mut self, rect: Rect, radius: i32, shades: [Shade; 2]) {
        self.surface.card(rect, self.px(radius), self.px(1), Layer::Paper, shades);
    }

    fn section(&mut self, rect: Rect) {
        let line = self.px(1);
        if rect.width < self.surface.bounds().width {
            self.surface.outline(rect, line, Layer::Paper, LINE);
        } else {
            self.surface.fill(Rect::new(rect.x, rect.bottom() - line, rect.width, line), Layer::Paper, LINE);
        }
    }

    fn bar(&mut self, rect: Rect, lifted: bool) {
        let line = self.px(if lifted { 2 } else { 1 });
        self.surface.fill(rect, Layer::Paper, PANEL);
        for y in [rect.y - line, rect.bottom() - line] {
            self.surface.fill(Rect::new(rect.x, y, rect.width, line), Layer::Paper, LINE);
        }
    }

    fn scroller(&mut self, rect: Rect) {
        self.card(rect, 6, [LINE, WHITE]);
        let (wide, gap) = (self.px(6), self.px(4));
        let thumb = Rect::new(rect.right() - wide - gap, rect.y + gap, wide, (rect.height / 3).max(wide));
        self.surface.fill_round(thumb, wide / 2, Layer::Paper, LINE);
    }

    /// Draws lines that fill the box; the last of several is shorter, as in a paragraph.
    fn text(&mut self, rect: Rect, line_height: i32, shade: Shade) {
        let lines = ((rect.height + line_height / 3) / line_height).max(1);
        let pitch = rect.height as f32 / lines as f32;
        let thickness = (pitch as i32 * 2 / 5).clamp(8, line_height / 3).min(rect.height);
        for line in 0..lines {
            let last = line + 1 == lines;
            let share = match (last, lines) {
                (true, 1) if rect.width > 160 => 62,
                (true, 1) => 94,
                (true, _) => 45 + ragged(rect, line) % 30,
                (false, _) => 93 + ragged(rect, line) % 7,
            };
            let middle = rect.y as f32 + (line as f32 + 0.5) * pitch;
            let top = (middle - thickness as f32 / 2.0).round() as i32;
            let stroke = self.place(Rect::new(rect.x, top, rect.width * share / 100, thickness));
            self.surface.fill_round(stroke, stroke.height / 2, Layer::Paper, shade);
        }
    }

    fn link(&mut self, rect: Rect, filled: bool) {
        if filled {
            return;
        }
        if rect.height > 2 * TEXT_LINE {
            // A large area that is a link as a whole.
            let area = self.place(rect);
            return self.card(area, 6, [LINE, WHITE]);
        }
        // Blanks the text line below it: a link within a paragraph must not show as two bars. What is seen at the
        // box's upper edge, between two lines, is what lies behind both.
        let blank = self.place(Rect::new(rect.x - 4, rect.y + 1, rect.width + 8, rect.height - 2));
        let behind = self.surface.paper_at(blank.x, blank.y);
        self.surface.fill(blank, Layer::Paper, behind);
        let stroke = self.place(Rect::new(rect.x, rect.y + rect.height / 2 - 4, rect.width, 8));
        self.surface.fill_round(stroke, stroke.height / 2, Layer::Paper, DARK);
        let underline = Rect::new(stroke.x, stroke.bottom() + self.px(2), stroke.width, self.px(1));
        self.surface.fill(underline, Layer::Paper, LINE);
    }

    fn button(&mut self, rect: Rect, filled: bool) {
        self.card(rect, 7, [DARK, PANEL]);
        if filled {
            return;
        }
        let (wide, thick) = ((rect.width / 2).clamp(1, self.px(160)), self.px(8).min(rect.height / 2));
        let label = Rect::new(rect.x + (rect.width - wide) / 2, rect.y + (rect.height - thick) / 2, wide, thick);
        self.surface.fill_round(label, thick / 2, Layer::Paper, DARK);
    }

    fn input(&mut self, rect: Rect) {
        self.card(rect, 6, [DARK, WHITE]);
        let (gap, thick) = (self.px(12), self.px(8));
        let middle = (rect.y + rect.height / 2).min(rect.y + self.px(22));
        let hint = Rect::new(rect.x + gap, middle - thick / 2, (rect.width - 2 * gap) * 2 / 5, thick);
        if hint.width > 0 {
            self.surface.fill_round(hint, thick / 2, Layer::Paper, LINE);
        }
    }

    fn select(&mut self, rect: Rect) {
        self.input(rect);
        let (arm, middle) = (self.px(5) as f32, rect.y as f32 + rect.height as f32 / 2.0);
        let tip = rect.right() as f32 - 3.0 * arm;
        let points = [(tip - arm, middle - arm / 2.0), (tip, middle + arm / 2.0), (tip + arm, middle - arm / 2.0)];
        self.surface.line(&points, self.px(2) as f32, Layer::Paper, DARK);
    }

    fn toggle(&mut self, rect: Rect, round: bool) {
        let side = rect.width.min(rect.height);
        let radius = if round { side / 2 } else { side / 5 };
        self.surface.card(rect, radius, self.px(1), Layer::Paper, [DARK, WHITE]);
    }

    fn picture(&mut self, rect: Rect) {
        self.surface.fill(rect, Layer::Paper, PANEL);
        let thin = self.scale.max(1.0) * 1.5;
        let (left, top) = (rect.x as f32, rect.y as f32);
        let (right, bottom) = (rect.right() as f32, rect.bottom() as f32);
        self.surface.line(&[(left, top), (right, bottom)], thin, Layer::Paper, LINE);
        self.surface.line(&[(left, bottom), (right, top)], thin, Layer::Paper, LINE);
        self.surface.outline(rect, self.px(1), Layer::Paper, LINE);
    }

    fn video(&mut self, rect: Rect) {
        self.surface.card(rect, 0, self.px(1), Layer::Paper, [LINE, PANEL]);
        let radius = (rect.width.min(rect.height) as f32 / 5.0).min(36.0 * self.scale);
        let (x, y) = (rect.x as f32 + rect.width as f32 / 2.0, rect.y as f32 + rect.height as f32 / 2.0);
        self.surface.disc(x, y, radius, Layer::Paper, DARK);
        let (back, front, arm) = (x - radius * 0.3, x + radius * 0.5, radius * 0.45);
        self.surface.polygon(&[(back, y - arm), (front, y), (back, y + arm)], Layer::Paper, WHITE);
    }
}

/// Returns a small number that looks random and is the same for the same line of the same box.
fn ragged(rect: Rect, line: i32) -> i32 {
    let seed = (rect.x as u32).wrapping_mul(0x9e37) ^ (rect.y as u32).wrapping_mul(0x85eb) ^ (line as u32 + 1);
    (seed.wrapping_mul(0x9e37_79b1) >> 20) as i32
}
