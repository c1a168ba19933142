//! Owns the names that people know: from the families of `uap-core` to what reports show.

/// Tells whether a family is a robot by its name, for `uap-core` knows some that the list of crawlers does not.
pub fn is_robot(family: &str) -> bool {
    let family = family.to_lowercase();
    ["bot", "crawler", "spider"].iter().any(|word| family.contains(word))
}

/// Returns a browser's name and major version; empty where the family says nothing.
pub fn browser(family: &str, major: Option<&str>) -> (String, String) {
    let name = match family {
        "" | "Other" => return Default::default(),
        "Chrome Mobile" | "Chrome Mobile iOS" => "Chrome",
        "Mobile Safari" => "Safari",
        "Mobile Safari UI/WKWebView" => "Safari (in-app)",
        "Chrome Mobile WebView" | "Android WebView" => "Android WebView",
        "Android" => "Android Browser",
        "Edge Mobile" => "Edge",
        "Firefox Mobile" | "Firefox iOS" | "Firefox Focus" | "Firefox (Shiretoko)" => "Firefox",
        "Opera Mobile" | "Opera Touch" | "Opera GX" | "Opera Coast" | "Opera Neon" => "Opera",
        "IE" | "IE Mobile" => "Internet Explorer",
        "QQ Browser Mobile" => "QQ Browser",
        "UC Browser Mobile" => "UC Browser",
        "MiuiBrowser" => "Mi Browser",
        "HuaweiBrowser" => "Huawei Browser",
        "DuckDuckGo Mobile" => "DuckDuckGo",
        "Baidu Browser Mobile" => "Baidu Browser",
        "Ecosia Android" | "Ecosia iOS" => "Ecosia",
        "Brave Mobile" => "Brave",
        "Yandex Search" | "YandexSearch" => "Yandex App",
        "Google" => "Google App",
        "Epiphany" => "GNOME Web",
        family => family,
    };
    (name.to_owned(), major.unwrap_or_default().to_owned())
}

/// Returns a system's name and version; the minor version where it tells more than zero.
pub fn system(family: &str, major: Option<&str>, minor: Option<&str>) -> (String, String) {
    let name = match family {
        "" | "Other" => return Default::default(),
        "Mac OS X" | "Mac OS" => "macOS",
        "Web0S" => "webOS",
        // The number in the user agent is that of the platform image and means nothing to people.
        "Chrome OS" => return ("ChromeOS".to_owned(), String::new()),
        // Which distribution it is, a few browsers tell and most do not; a report must not split by that.
        "Ubuntu" | "Debian" | "Fedora" | "Linux" | "Linux Mint" | "Mageia" | "Mandriva" | "Arch Linux" | "Gentoo"
        | "CentOS" | "Red Hat" | "openSUSE" | "SUSE" | "Slackware" | "PCLinuxOS" | "Kubuntu" | "Puppy" => {
            return ("Linux".to_owned(), String::new());
        }
        family => family,
    };
    let version = match (major, minor) {
        (Some(major), Some(minor)) if minor != "0" => format!("{major}.{minor}"),
        (Some(major), _) => major.to_owned(),
        (None, _) => String::new(),
    };
    (name.to_owned(), version)
}
