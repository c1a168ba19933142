// Owns how tests use the dashboard: as a person with eyes and a keyboard does, by labels and roles.

const PASSWORDS = { right: 'still water runs deep', wrong: 'still water runs dry' };

export const OWNER = { email: 'owner@example.org', ...PASSWORDS };

/** Fills the form of the sign-in and of the set-up page and sends it. */
export async function giveAccount(page, email, password, button) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: button }).click();
}

/** Waits until a picture is there and returns its size in pixels. */
export async function pictureSize(locator) {
  return locator.evaluate(async (image) => {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  });
}

/** Chooses a language in the browser of an open page and, unless nobody is signed in, for their account. */
export async function speak(page, language, { account = true } = {}) {
  await page.evaluate((code) => localStorage.setItem('heatline.language', code), language);
  if (!account) return;
  await page.evaluate(async (code) => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch('/api/v1/account', { method: 'PATCH', headers, body: JSON.stringify({ language: code }) });
    if (status !== 200) throw new Error(`the language of the account was not changed: ${status}`);
  }, language);
}
