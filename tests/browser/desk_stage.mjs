// What the tests of the desk stand on: two real helplines with their desks and chat pages, Chromium, and in it
// authenticators that hold passkeys.
import { chromium } from "playwright-core";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TwoNodes, until } from "../integration/two_nodes.mjs";
import { flags } from "./chat_stage.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const texts = {};
for (const language of ["ar", "en", "fr"])
  texts[language] = JSON.parse(await readFile(
    path.join(here, `../../plugins/desks/console/web/src/texts/${language}.json`), "utf8"));

const columns = { en: 2, fr: 3, ar: 4 };
const lists = {};
for (const list of ["referral-states"])
  lists[list] = await readFile(path.join(here, `../../config/taxonomy/${list}.tsv`), "utf8");
/** A word of config/taxonomy as people read it. */
export const label = (list, id, language) =>
  lists[list].split("\n").map((line) => line.split("\t")).find((cells) => cells[0] === id)[columns[language]];

/** Two helplines, Morocco and Tunisia, with `staff` at both (NAME:ROLES). pictures: a folder for them, or nothing; chat: more settings
 * of the chat page; node: more of the node */
export async function setDesks(build, staff, pictures, chat = "", node = "") {
  // All children of a test come from one address: the first listenPort is the chat page's.
  const nodes = await TwoNodes.make(build,
    (country, toml) => `${toml.replace("listenPort", `conversationsPerHour = 0\n${chat}listenPort`)}\n[accounts]\norigins = ["http://localhost:${nodesPort(toml)}"]\n${node}`,
    () => staff.flatMap((one) => ["--staff", one]), true);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  if (pictures) await mkdir(pictures, { recursive: true });
  for (const country of ["tn", "ma"]) await nodes.start(country);
  await until("the link", 20_000, async () => (await nodes.ask("ma", "link", "list"))[0]?.up);
  return {
    nodes, browser, pictures,
    async end() {
      await browser.close();
      await nodes.end();
    },
  };
}

// The desk's port, from its part of the configuration.
const nodesPort = (toml) => /plugin = "console"[^[]*\[plugin\.config\]\nlistenAddress = "127\.0\.0\.1"\nlistenPort = (\d+)/.exec(toml)[1];

/** One person at a desk, in a browser of their own. */
export class Seat {
  /** Enrols with a one-time code and a passkey, and is signed in. */
  static async take(stage, country, name, language, look = {}) {
    const seat = new Seat();
    Object.assign(seat, { stage, country, name, language, words: texts[language], errors: [] });
    seat.context = await stage.browser.newContext({
      locale: { ar: "ar-MA", fr: "fr-FR", en: "en-GB" }[language], viewport: { width: 1440, height: 900 }, ...look });
    seat.page = await seat.context.newPage();
    seat.page.on("pageerror", (error) => seat.errors.push(String(error)));
    // Before anybody has signed in, the page asks who it is, and hears 401.
    seat.page.on("console", (message) => { if (message.type() === "error" && !message.text().includes("401 (Unauthorized)")) seat.errors.push(message.text()); });
    seat.devtools = await seat.context.newCDPSession(seat.page);
    await seat.devtools.send("WebAuthn.enable");
    ({ authenticatorId: seat.authenticator } = await seat.devtools.send("WebAuthn.addVirtualAuthenticator", { options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true } }));
    let invited = await stage.nodes.ask(country, "user", "invite", name);
    // Who has a key already gets another one from two administrators.
    if (!invited.code) {
      const { nodes } = stage;
      await nodes.ask(country, "user", "invite", "second.admin", "--role", "admin").catch(() => {});
      invited = JSON.parse(await nodes.sanad(["--data", nodes.data(country), "--as", "second.admin", "--json", "user", "invite", name])).invitation;
    }
    await seat.page.goto(seat.address);
    await seat.page.locator(`nav button[lang=${language}]`).click();
    await seat.press("signIn.haveCode");
    await seat.page.getByLabel(seat.t("signIn.name")).fill(name);
    await seat.page.getByLabel(seat.t("enrol.code")).fill(invited.code);
    await seat.press("enrol.next");
    await seat.press("enrol.makePasskey");
    await seat.page.locator(".frame").waitFor();
    return seat;
  }

  get address() { return `http://localhost:${this.stage.nodes.deskPort[this.country]}/`; }
  t(key, values = {}) {
    return this.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
  button(key) { return this.page.getByRole("button", { name: this.t(key), exact: true }); }
  press(key) { return this.button(key).first().click(); }
  label(key) { return this.page.getByLabel(this.t(key)); }

  async picture(name) {
    if (!this.stage.pictures) return;
    await this.page.screenshot({ path: `${this.stage.pictures}/${name}-${this.language}.png` });
  }
  close() { return this.context.close(); }
}

/** A child at the chat page of a helpline. */
export class Child {
  static async arrive(stage, country, language) {
    const child = new Child();
    child.context = await stage.browser.newContext({ viewport: { width: 390, height: 800 } });
    child.page = await child.context.newPage();
    await child.page.goto(`http://127.0.0.1:${stage.nodes.chatPort[country]}/${language}`);
    return child;
  }
  async write(text) {
    await this.page.locator("textarea").fill(text);
    await this.page.locator("textarea").press("Enter");
  }
  reads(text) { return this.page.getByText(text).first().waitFor(); }
  close() { return this.context.close(); }
}
