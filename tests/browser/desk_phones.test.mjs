// Somebody's own telephones at the desk, in a real browser with a real node: node desk_phones.test.mjs BUILD [PICTURES]
// A telephone is added and its password shown once; calls are taken, paused for a reason and taken again with one press; it is
// removed, and the switch goes with it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Seat, setDesks } from "./desk_stage.mjs";

const [build, pictures] = process.argv.slice(2);
let stage;
before(async () => {
  stage = await setDesks(build, ["karim:counsellor"], pictures);
});
after(() => stage?.end());

test("a telephone of one's own: added, ready, paused, ready again, removed", async () => {
  const seat = await Seat.take(stage, "ma", "karim", "fr");
  const ready = seat.page.getByRole("switch");
  await seat.page.locator("button.gauge").click();
  assert.equal(await ready.count(), 0, "who has no telephone has no switch");
  await seat.press("phone.mine");
  const dialog = seat.page.getByRole("dialog", { name: seat.t("phone.mine") });
  await dialog.getByText(seat.t("phone.none")).waitFor();
  await dialog.getByLabel(seat.t("phone.label")).fill("Bureau 2");
  await seat.press("phone.addGo");
  await dialog.getByText(seat.t("phone.added")).waitFor();
  const [name, password] = await dialog.locator(".made code").allTextContents();
  assert.match(name, /^d-[a-z0-9]{8}$/);
  assert.match(password, /^[a-z0-9]{20}$/i);
  await seat.press("phone.entered");
  await dialog.getByText("Bureau 2", { exact: true }).first().waitFor();
  assert.equal((await seat.page.content()).includes(password), false, "the password is nowhere any more");
  await seat.page.keyboard.press("Escape");

  await ready.waitFor();
  assert.equal(await ready.getAttribute("aria-checked"), "false");
  await ready.click(); // one press
  await seat.page.locator("[role=switch][aria-checked=true]").waitFor();
  await ready.click();
  await dialog.getByLabel(seat.t("phone.pauseReason")).selectOption("training");
  assert.equal(await dialog.locator("option[value=missed_calls]").count(), 0, "only the node says that");
  await seat.press("phone.pause");
  await seat.page.locator("[role=switch][aria-checked=false]").waitFor({ state: "attached" });
  await dialog.getByRole("status").getByText("Formation").waitFor();
  await seat.press("phone.readyGo");
  await seat.page.locator("[role=switch][aria-checked=true]").waitFor({ state: "attached" });

  await dialog.locator("li.card").getByRole("button", { name: seat.t("phone.remove") }).click();
  await dialog.getByText(seat.t("phone.removeAsk", { name: "Bureau 2" })).waitFor();
  await dialog.locator("li.card").getByRole("button", { name: seat.t("phone.remove"), exact: true }).click();
  await dialog.getByText(seat.t("phone.none")).waitFor();
  await seat.page.keyboard.press("Escape");
  await ready.waitFor({ state: "detached" });
  assert.deepEqual(seat.errors, []);
  await seat.close();
});
