//! Owns what people choose for themselves: language, theme, time format. It does not know what the choices look like: the dashboard does.

use serde::Serialize;
use sqlx::{Row, any::AnyRow};

use super::{database::Control, error::ControlError, users::UserId};

/// A language that the dashboard speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Language {
    #[serde(rename = "en")]
    English,
    #[serde(rename = "bg")]
    Bulgarian,
}

/// The colours of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    System,
    Light,
    Dark,
}

/// How the dashboard writes the time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TimeFormat {
    /// As is usual in the language.
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "12")]
    Twelve,
    #[serde(rename = "24")]
    TwentyFour,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::English, Self::Bulgarian];

    /// Returns the language of a code.
    pub fn parse(code: &str) -> Result<Self, ControlError> {
        one_of("language", &Self::ALL, Self::as_str, code)
    }

    /// Returns the code: ISO 639-1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bulgarian => "bg",
        }
    }
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns the theme of a name.
    pub fn parse(name: &str) -> Result<Self, ControlError> {
        one_of("theme", &Self::ALL, Self::as_str, name)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl TimeFormat {
    pub const ALL: [Self; 3] = [Self::Auto, Self::Twelve, Self::TwentyFour];

    /// Returns the format of a name.
    pub fn parse(name: &str) -> Result<Self, ControlError> {
        one_of("time_format", &Self::ALL, Self::as_str, name)
    }

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Twelve => "12",
            Self::TwentyFour => "24",
        }
    }
}

fn one_of<T: Copy>(
    field: &'static str,
    all: &[T],
    name_of: fn(T) -> &'static str,
    name: &str,
) -> Result<T, ControlError> {
    all.iter().copied().find(|one| name_of(*one) == name).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name_of(*one)).collect();
        ControlError::InvalidField { field, reason: format!("it is none of {}", names.join(", ")) }
    })
}

/// The choices of a user. What is `None` was never chosen; in a change it stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Preferences {
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub time_format: Option<TimeFormat>,
}

impl Control {
    /// Returns the choices of a user.
    pub async fn preferences(&self, user: UserId) -> Result<Preferences, ControlError> {
        let row = sqlx::query("SELECT language, theme, time_format FROM users WHERE id = $1")
            .bind(user.to_sql())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(ControlError::UserNotFound)?;
        Ok(Preferences {
            language: text(&row, "language")?.as_deref().map(Language::parse).transpose()?,
            theme: text(&row, "theme")?.as_deref().map(Theme::parse).transpose()?,
            time_format: text(&row, "time_format")?.as_deref().map(TimeFormat::parse).transpose()?,
        })
    }

    /// Changes the choices that are given.
    pub async fn set_preferences(&self, user: UserId, chosen: Preferences) -> Result<(), ControlError> {
        let mut change = self.change().await?;
        let updated = sqlx::query(
            "UPDATE users SET language = COALESCE($1, language), theme = COALESCE($2, theme), \
             time_format = COALESCE($3, time_format) WHERE id = $4",
        )
        .bind(chosen.language.map(Language::as_str))
        .bind(chosen.theme.map(Theme::as_str))
        .bind(chosen.time_format.map(TimeFormat::as_str))
        .bind(user.to_sql())
        .execute(&mut *change)
        .await?;
        if updated.rows_affected() == 0 {
            return Err(ControlError::UserNotFound);
        }
        Ok(change.commit().await?)
    }
}

fn text(row: &AnyRow, column: &'static str) -> Result<Option<String>, ControlError> {
    Ok(row.try_get(column)?)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestDatabase, a_user};
    use super::*;

    #[tokio::test]
    async fn what_was_chosen_stays_until_something_else_is() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let ada = a_user(&control, "ada@example.org", false).await;
        let bob = a_user(&control, "bob@example.org", false).await;
        assert_eq!(control.preferences(ada.id).await.unwrap(), Preferences::default());

        let first = Preferences { language: Some(Language::Bulgarian), theme: Some(Theme::Dark), time_format: None };
        control.set_preferences(ada.id, first).await.unwrap();
        let second = Preferences { time_format: Some(TimeFormat::Twelve), theme: Some(Theme::System), language: None };
        control.set_preferences(ada.id, second).await.unwrap();
        let both = Preferences { language: Some(Language::Bulgarian), ..second };
        assert_eq!(control.preferences(ada.id).await.unwrap(), both);
        assert_eq!(control.preferences(bob.id).await.unwrap(), Preferences::default(), "somebody else");

        control.remove_user(ada.id).await.unwrap();
        let gone = control.set_preferences(ada.id, first).await;
        assert!(matches!(gone, Err(ControlError::UserNotFound)), "{gone:?}");
    }

    #[test]
    fn what_is_no_choice_is_told_with_those_there_are() {
        let refused = Theme::parse("sepia").unwrap_err();
        assert_eq!(refused.to_string(), "the theme is not valid: it is none of system, light, dark");
        assert!(Language::parse("BG").is_err() && TimeFormat::parse("").is_err());
        assert_eq!(serde_json::to_string(&TimeFormat::TwentyFour).unwrap(), "\"24\"");
    }
}
