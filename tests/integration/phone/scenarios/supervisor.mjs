// A supervisor beside a caller and a counsellor: who hears whom. Who is not meant to speak sends
// silence, so that what is heard can be told apart.
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Endpoint, Phone } from "../peers.mjs";
import { heard } from "../sound.mjs";

const outer = "198.51.100.1";

function takesPart(part, { speaks, counsellorHears, callerHears, supervisorHears }) {
  return async (stage) => {
    const silent = join(stage.folder, "silent.wav");
    execFileSync("sox", ["-n", "-r", "8000", "-c", "1", "-b", "16", silent, "trim", "0", "60"]);
    const words = { counsellor: "one.wav", supervisor: "other.wav" };
    const speech = (who, file) => (speaks === who ? join(stage.sounds, file) : silent);
    const endpoint = await Endpoint.start(stage.program, join(stage.folder, "endpoint"), { listen: outer, trunks: outer }, stage.sounds);
    const phone = (name, file, registers = true) => Phone.start(stage.folder, name, { account: `sip:${name}@${outer}:${endpoint.ports.udp}`, address: outer, speech: file, registers });
    const [counsellor, supervisor, caller] = await Promise.all([phone("c1", speech("counsellor", "counsellor.wav")), phone("c2", speech("supervisor", "supervisor.wav")), phone("caller", silent, false)]);
    await caller.command("dial", `sip:helpline@${outer}:${endpoint.ports.udp}`);
    await endpoint.saw("incoming");
    endpoint.say("ring 1");
    await endpoint.saw("joined");
    endpoint.say(`part ${part}`);
    await endpoint.saw("answered", {}, 20000, 2);
    await new Promise((next) => setTimeout(next, 5500));
    await caller.command("hangup");
    await endpoint.saw("ended", { leg: 1 });
    await Promise.all([caller.stop(), counsellor.stop(), supervisor.stop()]);
    const file = join(stage.sounds, words[speaks]);
    for (const [who, at, hears] of [["the counsellor", counsellor, counsellorHears], ["the caller", caller, callerHears], ["the supervisor", supervisor, supervisorHears]]) {
      if (hears === undefined) continue;
      const { score } = heard(at.recording(), file);
      assert.ok(hears ? score > 0.9 : score < 0.7, `${part}: ${who} hears ${words[speaks]}: ${score}`);
    }
    await endpoint.stop();
  };
}

export default {
  "a supervisor who listens hears the counsellor": takesPart("listens", { speaks: "counsellor", supervisorHears: true, callerHears: true }),
  "a supervisor who listens is heard by nobody": takesPart("listens", { speaks: "supervisor", counsellorHears: false, callerHears: false }),
  "a supervisor who whispers is heard by the counsellor alone": takesPart("whispers", { speaks: "supervisor", counsellorHears: true, callerHears: false }),
  "a supervisor who joins is heard by both": takesPart("joins", { speaks: "supervisor", counsellorHears: true, callerHears: true }),
};
