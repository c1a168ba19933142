//! Owns the steps from an empty page to its picture.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{CaptureError, CaptureRequest, Captured, devtools::DevTools};

/// What a visitor's screen is high, by its width: phones, tablets, desks.
const SCREENS: [(u32, u32); 3] = [(600, 844), (1000, 1024), (u32::MAX, 800)];
/// Told to the page before its first script: the tracker sends nothing then.
const NOT_COUNTED: &str = "try { localStorage.heatline_ignore = 'true'; } catch {}";
/// Goes down the page as a reader does, so that what is loaded late is loaded, and back to its top.
const SCROLL_THROUGH: &str = include_str!("scroll.js");
const JPEG_QUALITY: u32 = 90;

/// A page of the browser.
struct Page<'a> {
    devtools: &'a mut DevTools,
    session: String,
}

/// Opens a page and takes its picture.
pub async fn take(
    devtools: &mut DevTools,
    request: &CaptureRequest,
    progress: &dyn Fn(&str),
) -> Result<Captured, CaptureError> {
    let mut page = Page::open(devtools).await?;
    page.prepare(request.width).await?;
    progress(&format!("opening {} at {} px", request.url, request.width));
    page.load(request.url.as_str()).await?;
    progress("scrolling through the page");
    let script = SCROLL_THROUGH.replace("MOST_HEIGHT", &request.most_height.to_string());
    page.run(&script).await?;
    tokio::time::sleep(request.wait).await;
    let page_height = page.height().await?;
    let height = page_height.min(request.most_height);
    progress(&format!("taking a picture of {} × {height} px", request.width));
    let clip = json!({"x": 0, "y": 0, "width": request.width, "height": height, "scale": 1});
    let png = page.picture(json!({"format": "png", "clip": clip})).await?;
    let jpeg = if png.len() > request.most_bytes {
        Some(page.picture(json!({"format": "jpeg", "quality": JPEG_QUALITY, "clip": clip})).await?)
    } else {
        None
    };
    Ok(Captured { png, jpeg, height, page_height })
}

impl<'a> Page<'a> {
    async fn open(devtools: &'a mut DevTools) -> Result<Self, CaptureError> {
        let target = devtools.call(None, "Target.createTarget", json!({"url": "about:blank"})).await?;
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = devtools.call(None, "Target.attachToTarget", attach).await?;
        let session = attached["sessionId"].as_str().ok_or_else(|| not_understood("no session", &attached))?;
        Ok(Self { devtools, session: session.to_owned() })
    }

    async fn call(&mut self, method: &'static str, params: Value) -> Result<Value, CaptureError> {
        self.devtools.call(Some(&self.session), method, params).await
    }

    async fn prepare(&mut self, width: u32) -> Result<(), CaptureError> {
        let height = SCREENS.iter().find(|(below, _)| width < *below).map_or(800, |(_, height)| *height);
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        // What comes flying in is there at once.
        let media = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Network.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Emulation.setDeviceMetricsOverride", screen),
            ("Emulation.setEmulatedMedia", media),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": NOT_COUNTED})),
        ] {
            self.call(method, params).await?;
        }
        Ok(())
    }

    async fn load(&mut self, url: &str) -> Result<(), CaptureError> {
        let answer = self.call("Page.navigate", json!({"url": url})).await?;
        // An error with an empty body is a problem to the browser, and yet has a status.
        let problem = answer["errorText"].as_str();
        if problem.is_none() {
            self.devtools.loaded().await?;
        }
        match (self.devtools.status(&answer["frameId"]), problem) {
            (Some(status), _) if status >= 400 => Err(CaptureError::Status { status }),
            (_, Some(reason)) => Err(CaptureError::NotReached { reason: reason.to_owned() }),
            (_, None) => Ok(()),
        }
    }

    async fn run(&mut self, script: &str) -> Result<Value, CaptureError> {
        let answer = self.call("Runtime.evaluate", json!({"expression": script, "awaitPromise": true})).await?;
        match &answer["exceptionDetails"] {
            Value::Null => Ok(answer["result"].clone()),
            problem => Err(not_understood("a script failed", problem)),
        }
    }

    async fn height(&mut self) -> Result<u32, CaptureError> {
        let metrics = self.call("Page.getLayoutMetrics", json!({})).await?;
        let height = metrics["cssContentSize"]["height"].as_f64();
        let height = height.ok_or_else(|| not_understood("no height", &metrics))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to what fits")]
        let height = height.ceil().clamp(1.0, f64::from(u32::MAX)) as u32;
        Ok(height)
    }

    async fn picture(&mut self, mut how: Value) -> Result<Vec<u8>, CaptureError> {
        how["captureBeyondViewport"] = true.into();
        let mut answer = self.call("Page.captureScreenshot", how).await?;
        let Value::String(text) = answer["data"].take() else { return Err(not_understood("no picture", &answer)) };
        STANDARD.decode(text).map_err(|error| CaptureError::Answer(error.to_string()))
    }
}

fn not_understood(what: &str, answer: &Value) -> CaptureError {
    /// So much of an answer says enough.
    const SHOWN: usize = 300;
    let text: String = answer.to_string().chars().take(SHOWN).collect();
    CaptureError::Answer(format!("{what} in {text}"))
}
