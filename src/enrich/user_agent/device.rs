//! Owns the class of device: what size of screen a user agent admits to.

use crate::model::Device;

/// Returns the class of device.
///
/// An iPad with its desktop setting on, which is the default, calls itself a Macintosh and counts as one.
pub fn class(user_agent: &str) -> Device {
    let has = |word: &str| user_agent.contains(word);
    if is_television(&has) {
        return Device::Desktop;
    }
    // TRICKY: before `Mobile`, for an iPad says that, too; and `Tablet PC` is how old Windows calls itself.
    let is_tablet = has("iPad") || has("Kindle") || has("PlayBook") || has("Tablet") && !has("Tablet PC");
    if is_tablet {
        Device::Tablet
    } else if has("Mobi") || has("iPhone") || has("iPod") || has("Opera Mini") {
        Device::Mobile
    } else if has("Android") || has("Silk/") {
        Device::Tablet
    } else {
        Device::Desktop
    }
}

fn is_television(has: &impl Fn(&str) -> bool) -> bool {
    const MARKS: [&str; 10] = [
        "SMART-TV",
        "SmartTV",
        "Smart TV",
        "Android TV",
        "GoogleTV",
        "Google TV",
        "AppleTV",
        "BRAVIA",
        "CrKey",
        "HbbTV",
    ];
    const FIRE_TV: &str = "; AFT";
    MARKS.iter().any(|mark| has(mark)) || has(FIRE_TV)
}
