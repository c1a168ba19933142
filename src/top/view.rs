//! Owns what the live view in a terminal looks like, from eighty columns and twenty-four lines up. Colours only repeat what words,
//! numbers and lengths say: blue and orange, which nobody takes for one another.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::{Color, Modifier, Style},
    text::{Line, Span},
    widgets::{Block, Borders, Paragraph, Sparkline},
};

use super::client::{Live, Session};

const BLUE: Color = Color::Indexed(33);
const ORANGE: Color = Color::Indexed(208);
/// Most minutes that are kept for the curve.
const MOST_MINUTES: usize = 600;

/// What is shown.
pub struct State {
    pub site: String,
    pub live: Live,
    /// Most visitors of each minute, oldest first; the last one has begun.
    pub minutes: Vec<u64>,
    /// Why nothing comes at the moment.
    pub lost: Option<String>,
    pub now: Timestamp,
    colours: bool,
}

impl State {
    pub fn new(site: &str, colours: bool) -> Self {
        let (live, minutes) = (Live::default(), Vec::new());
        Self { site: site.to_owned(), live, minutes, lost: None, now: Timestamp::now(), colours }
    }

    pub fn take(&mut self, live: Live) {
        self.live = live;
        self.lost = None;
        self.tick();
        if self.minutes.is_empty() {
            self.minutes.push(0);
        }
        if let Some(last) = self.minutes.last_mut() {
            *last = (*last).max(self.live.visitors);
        }
    }

    /// Time goes on.
    pub fn tick(&mut self) {
        let before = std::mem::replace(&mut self.now, Timestamp::now());
        let minutes = self.now.as_second().div_euclid(60) - before.as_second().div_euclid(60);
        for _ in 0..minutes.clamp(0, 60) {
            self.minutes.push(self.live.visitors);
        }
        let too_many = self.minutes.len().saturating_sub(MOST_MINUTES);
        self.minutes.drain(..too_many);
    }

    fn colour(&self, colour: Color) -> Style {
        if self.colours { Style::new().fg(colour) } else { Style::new() }
    }
}

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let [head, curve, lists, feed, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(5),
        Constraint::Length(8),
        Constraint::Min(3),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    draw_head(frame, head, state);
    draw_curve(frame, curve, state);
    draw_lists(frame, lists, state);
    draw_feed(frame, feed, state);
    let keys = Line::from("q quit").style(Style::new().add_modifier(Modifier::DIM));
    frame.render_widget(keys, foot);
}

fn draw_head(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let mut spans = vec![
        Span::styled(clean(&state.site), bold),
        Span::raw("  "),
        Span::styled(here(state.live.visitors), state.colour(ORANGE).add_modifier(Modifier::BOLD)),
        Span::raw(format!(" · {} in the last minute", views(state.live.views_last_minute))),
    ];
    if let Some(lost) = &state.lost {
        spans.push(Span::styled(format!("  connecting again: {}", clean(lost)), bold));
    }
    frame.render_widget(Line::from(spans), area);
}

fn draw_curve(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let width = usize::from(area.width.saturating_sub(2));
    let shown = &state.minutes[state.minutes.len().saturating_sub(width)..];
    let most = shown.iter().max().copied().unwrap_or_default();
    let title = format!(" Visitors by minute, the last {} · most {most} ", minutes(shown.len()));
    // The newest minute stands at the right, also where there are fewer than the curve is wide.
    let padded: Vec<u64> = std::iter::repeat_n(0, width - shown.len()).chain(shown.iter().copied()).collect();
    let curve = Sparkline::default()
        .block(Block::default().borders(Borders::ALL).title(title))
        .data(&padded)
        .style(state.colour(BLUE));
    frame.render_widget(curve, area);
}

fn draw_lists(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let [pages, countries, sources] =
        Layout::horizontal([Constraint::Percentage(50), Constraint::Percentage(20), Constraint::Percentage(30)])
            .areas(area);
    let live = &state.live;
    let rows = live.pages.iter().map(|page| (page.path.as_str(), page.visitors)).collect::<Vec<_>>();
    draw_list(frame, pages, "Pages", &rows, state);
    let rows = live.countries.iter().map(|one| (or(&one.country, "unknown"), one.visitors)).collect::<Vec<_>>();
    draw_list(frame, countries, "Countries", &rows, state);
    let rows = live.sources.iter().map(|one| (or(&one.source, "direct"), one.visitors)).collect::<Vec<_>>();
    draw_list(frame, sources, "Sources", &rows, state);
}

fn draw_list(frame: &mut Frame<'_>, area: Rect, title: &str, rows: &[(&str, u64)], state: &State) {
    let block = Block::default().borders(Borders::ALL).title(format!(" {title} "));
    let inner = block.inner(area);
    let lines = rows.iter().take(usize::from(inner.height)).map(|(name, visitors)| {
        let number = visitors.to_string();
        let room = usize::from(inner.width).saturating_sub(number.len() + 1);
        let name = fitted(name, room);
        let gap = " ".repeat(room - Span::raw(name.as_str()).width() + 1);
        Line::from(vec![Span::raw(name), Span::raw(gap), Span::styled(number, state.colour(ORANGE))])
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()).block(block), area);
}

fn draw_feed(frame: &mut Frame<'_>, area: Rect, state: &State) {
    let block = Block::default().borders(Borders::ALL).title(" Who is here, the last to come first ");
    let inner = block.inner(area);
    let lines: Vec<Line<'_>> = if state.live.live_feed {
        let shown = state.live.sessions.iter().take(usize::from(inner.height));
        shown.map(|session| feed_line(session, usize::from(inner.width), state)).collect()
    } else {
        vec![Line::from("This site does not let single visitors be shown.")]
    };
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn feed_line(session: &Session, width: usize, state: &State) -> Line<'static> {
    let (time, place, browser, way) = feed_columns(session, state.now);
    let columns = [(time, 6), (place, 18), (browser, 18)].map(|(text, room)| {
        let text = fitted(&text, room);
        let gap = " ".repeat(room - Span::raw(text.as_str()).width() + 1);
        text + &gap
    });
    let way = fitted(&way, width.saturating_sub(45));
    let [time, place, browser] = columns;
    Line::from(vec![Span::styled(time, state.colour(BLUE)), Span::raw(place + &browser), Span::raw(way)])
}

fn feed_columns(session: &Session, now: Timestamp) -> (String, String, String, String) {
    let seconds = now.duration_since(session.since).as_secs().max(0);
    let place = match (session.country.as_str(), session.city.as_str()) {
        ("", "") => "unknown".to_owned(),
        (country, "") => country.to_owned(),
        (country, city) => format!("{country} {city}"),
    };
    let again = if session.returning == Some(true) { "again, " } else { "" };
    let before = session.before.first().map(|path| format!(" < {path}")).unwrap_or_default();
    let source = or(&session.source, "direct");
    let way = format!("{}{before} ({again}{source})", session.path);
    (duration(seconds), place, format!("{} {}", session.browser, session.os), way)
}

/// Returns the view as plain text, for `--once` and for programs: one thing a line, tabs between the columns.
#[must_use]
pub fn text(state: &State) -> String {
    let live = &state.live;
    let mut lines = vec![format!("{}\t{}\t{}", clean(&state.site), here(live.visitors), views(live.views_last_minute))];
    lines.extend(live.pages.iter().map(|one| format!("page\t{}\t{}", one.visitors, clean(&one.path))));
    lines
        .extend(live.countries.iter().map(|one| format!("country\t{}\t{}", one.visitors, or(&one.country, "unknown"))));
    lines.extend(
        live.sources.iter().map(|one| format!("source\t{}\t{}", one.visitors, clean(or(&one.source, "direct")))),
    );
    for session in &live.sessions {
        let (time, place, browser, way) = feed_columns(session, state.now);
        lines.push(format!("visitor\t{time}\t{}\t{}\t{}", clean(&place), clean(&browser), clean(&way)));
    }
    lines.join("\n")
}

fn here(visitors: u64) -> String {
    if visitors == 1 { "1 visitor".to_owned() } else { format!("{visitors} visitors") }
}

fn views(views: u64) -> String {
    if views == 1 { "1 view".to_owned() } else { format!("{views} views") }
}

fn minutes(minutes: usize) -> String {
    if minutes == 1 { "minute".to_owned() } else { format!("{minutes} minutes") }
}

fn duration(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

const fn or<'a>(text: &'a str, word: &'a str) -> &'a str {
    if text.is_empty() { word } else { text }
}

/// Returns a text without what would move the cursor or turn the writing round: a path comes from a stranger.
fn clean(text: &str) -> String {
    let is_unsafe = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(is_unsafe, "\u{fffd}")
}

/// Returns a text that is at most so many columns wide.
fn fitted(text: &str, room: usize) -> String {
    let text = clean(text);
    if Span::raw(text.as_str()).width() <= room {
        return text;
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if Span::raw(kept.as_str()).width() + 1 > room {
            kept.pop();
            break;
        }
    }
    if room > 0 { kept + "…" } else { kept }
}

#[cfg(test)]
mod tests {
    use ratatui::{Terminal, backend::TestBackend};

    use super::{
        super::client::{Country, Page, Source},
        *,
    };

    fn a_state(colours: bool) -> State {
        let now: Timestamp = "2026-11-28T15:40:30Z".parse().unwrap();
        let session = |path: &str, before: &[&str], city: &str, minutes: i64, returning| Session {
            country: "BG".to_owned(),
            city: city.to_owned(),
            browser: "Firefox".to_owned(),
            os: "Linux".to_owned(),
            source: "Google".to_owned(),
            path: path.to_owned(),
            before: before.iter().map(|&path| path.to_owned()).collect(),
            since: now - jiff::SignedDuration::from_mins(minutes),
            returning,
        };
        let live = Live {
            visitors: 3,
            views_last_minute: 7,
            pages: vec![
                Page { path: "/обувки/зимни".to_owned(), visitors: 2 },
                Page { path: "/\u{1b}[2Jboom/with/a/path/that/is/longer/than/the/column".to_owned(), visitors: 1 },
            ],
            countries: vec![
                Country { country: "BG".to_owned(), visitors: 2 },
                Country { country: String::new(), visitors: 1 },
            ],
            sources: vec![Source { source: "Google".to_owned(), visitors: 3 }],
            live_feed: true,
            sessions: vec![
                session("/обувки/зимни", &["/"], "Sofia", 0, Some(true)),
                session("/pricing", &[], "Veliko Tarnovo Old Town", 75, Some(false)),
            ],
        };
        State { site: "demo.example".to_owned(), live, minutes: vec![1, 2, 4, 8, 4, 3], lost: None, now, colours }
    }

    fn drawn(width: u16, height: u16, state: &State) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, state)).unwrap();
        terminal
    }

    #[test]
    fn the_view_fits_eighty_columns_and_twenty_four_lines() {
        insta::assert_snapshot!(drawn(80, 24, &a_state(true)).backend(), @r#"
        "demo.example  3 visitors · 7 views in the last minute                           "
        "┌ Visitors by minute, the last 6 minutes · most 8 ─────────────────────────────┐"
        "│                                                                           █  │"
        "│                                                                          ▄█▄▁│"
        "│                                                                        ▃▆████│"
        "└──────────────────────────────────────────────────────────────────────────────┘"
        "┌ Pages ───────────────────────────────┐┌ Countries ───┐┌ Sources ─────────────┐"
        "│/обувки/зимни                        2││BG           2││Google               3│"
        "│/�[2Jboom/with/a/path/that/is/longe… 1││unknown      1││                      │"
        "│                                      ││              ││                      │"
        "│                                      ││              ││                      │"
        "│                                      ││              ││                      │"
        "│                                      ││              ││                      │"
        "└──────────────────────────────────────┘└──────────────┘└──────────────────────┘"
        "┌ Who is here, the last to come first ─────────────────────────────────────────┐"
        "│0 s    BG Sofia           Firefox Linux      /обувки/зимни < / (again, Google)│"
        "│1 h    BG Veliko Tarnovo… Firefox Linux      /pricing (Google)                │"
        "│                                                                              │"
        "│                                                                              │"
        "│                                                                              │"
        "│                                                                              │"
        "│                                                                              │"
        "└──────────────────────────────────────────────────────────────────────────────┘"
        "q quit                                                                          "
        "#);
    }

    #[test]
    fn any_size_of_a_terminal_will_do() {
        for (width, height) in [(1, 1), (20, 5), (79, 23), (300, 100)] {
            drawn(width, height, &a_state(true));
        }
    }

    #[test]
    fn without_colours_there_are_none() {
        let is_coloured = |colours| {
            let terminal = drawn(80, 24, &a_state(colours));
            terminal.backend().buffer().content.iter().any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
        };
        assert!(is_coloured(true));
        assert!(!is_coloured(false));
    }

    #[test]
    fn a_lost_connection_and_a_feed_that_is_off_are_told() {
        let mut state = a_state(true);
        state.lost = Some("it is silent".to_owned());
        state.live.live_feed = false;
        let shown = drawn(100, 24, &state).backend().to_string();
        assert!(shown.contains("connecting again: it is silent"), "{shown}");
        assert!(shown.contains("does not let single visitors be shown"), "{shown}");
    }

    #[test]
    fn plain_text_has_one_thing_a_line() {
        let expected = [
            "demo.example\t3 visitors\t7 views",
            "page\t2\t/обувки/зимни",
            "page\t1\t/\u{fffd}[2Jboom/with/a/path/that/is/longer/than/the/column",
            "country\t2\tBG",
            "country\t1\tunknown",
            "source\t3\tGoogle",
            "visitor\t0 s\tBG Sofia\tFirefox Linux\t/обувки/зимни < / (again, Google)",
            "visitor\t1 h\tBG Veliko Tarnovo Old Town\tFirefox Linux\t/pricing (Google)",
        ];
        assert_eq!(text(&a_state(false)), expected.join("\n"));
    }
}
