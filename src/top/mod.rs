//! Owns the live view in a terminal: what a service pushes, drawn until somebody presses q. It does not know the service from
//! within: it reads the same streams as a browser.

mod client;
mod view;

use std::{io, thread, time::Duration};

use ratatui::{
    DefaultTerminal,
    crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

pub use client::{Live, Service, TopError};
pub use view::{State, text};

/// How often the view is drawn where nothing happens: the time on the site goes on.
const TICK: Duration = Duration::from_secs(1);
/// Pause before the first try to connect again, and before each after many.
const RETRY: Duration = Duration::from_millis(500);
const LAST_RETRY: Duration = Duration::from_secs(10);
/// How often a thread looks whether it is still wanted.
const KEYS_INTERVAL: Duration = Duration::from_millis(200);

/// What the person at the terminal wants.
enum Input {
    Quit,
    Redraw,
}

/// Shows a site until the person quits. `colours`: whether the terminal may be given any.
pub async fn run(service: &Service, site: &str, colours: bool) -> Result<(), TopError> {
    // A wrong address or key is told on the plain terminal.
    let first = service.live(site).await?;
    let mut state = State::new(site, colours);
    state.take(first);
    if let Ok(minutes) = service.minutes(site).await {
        state.minutes = minutes;
        // The minute that has begun is in no history yet.
        state.minutes.push(state.live.visitors);
    }
    let mut terminal = ratatui::try_init().map_err(TopError::Terminal)?;
    let shown = show(&mut terminal, service, &mut state).await;
    ratatui::try_restore().map_err(TopError::Terminal)?;
    shown
}

async fn show(terminal: &mut DefaultTerminal, service: &Service, state: &mut State) -> Result<(), TopError> {
    let (sender, mut inputs) = mpsc::channel(16);
    thread::spawn(move || read_keys(&sender));
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (updates_in, mut updates) = mpsc::channel(1);
    let stream = follow(service.clone(), state.site.clone(), updates_in);
    tokio::pin!(stream);
    loop {
        terminal.draw(|frame| view::draw(frame, state)).map_err(TopError::Terminal)?;
        tokio::select! {
            input = inputs.recv() => match input {
                Some(Input::Redraw) => {}
                Some(Input::Quit) | None => return Ok(()),
            },
            update = updates.recv() => match update {
                Some(Ok(live)) => state.take(live),
                Some(Err(lost)) => state.lost = Some(lost),
                None => {}
            },
            ended = &mut stream => return ended,
            _ = ticks.tick() => state.tick(),
        }
    }
}

/// Reads the stream, and connects again whenever it is lost, later each time. Ends when the service refuses.
async fn follow(service: Service, site: String, updates: mpsc::Sender<Result<Live, String>>) -> Result<(), TopError> {
    let mut pause = RETRY;
    loop {
        let started = Instant::now();
        let error = match service.stream(&site, &updates).await {
            Ok(()) => "the stream has ended".to_owned(),
            Err(refused @ TopError::Refused { status: 400..=499, .. }) => return Err(refused),
            Err(error) => error.to_string(),
        };
        if updates.send(Err(error)).await.is_err() {
            return Ok(());
        }
        pause = if started.elapsed() > LAST_RETRY { RETRY } else { (pause * 2).min(LAST_RETRY) };
        sleep(pause).await;
    }
}

/// Waits for keys in a thread of its own, until nobody listens.
fn read_keys(inputs: &mpsc::Sender<Input>) {
    while !inputs.is_closed() {
        let Ok(true) = event::poll(KEYS_INTERVAL) else { continue };
        let input = match event::read() {
            Ok(Event::Key(key)) if key.kind == KeyEventKind::Press => match key.code {
                KeyCode::Char('q') | KeyCode::Esc => Input::Quit,
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Input::Quit,
                _ => continue,
            },
            Ok(Event::Resize(..)) => Input::Redraw,
            Ok(_) => continue,
            Err(_closed) => Input::Quit,
        };
        if inputs.blocking_send(input).is_err() {
            return;
        }
    }
}

/// Returns whether the terminal asks for no colours: <https://no-color.org>.
#[must_use]
pub fn wants_colours(no_color: Option<&str>, term: Option<&str>) -> bool {
    no_color.is_none_or(str::is_empty) && term != Some("dumb")
}

impl From<io::Error> for TopError {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_that_wants_no_colours_gets_none() {
        assert!(wants_colours(None, Some("xterm")) && wants_colours(Some(""), None));
        assert!(!wants_colours(Some("1"), Some("xterm")) && !wants_colours(None, Some("dumb")));
    }
}
