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
