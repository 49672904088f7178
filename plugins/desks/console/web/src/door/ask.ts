import type { Done, Reply, Request } from "../api";
import { wholeReply } from "./shape";

/// Every question of this page, and the member of Reply that answers it.
export const answers = {
  nodeStatus: "status",
  contactShow: "contact",
  contactRead: "contact",
  contactOpen: "done",
  contactReply: "done",
  contactEnd: "done",
  contactRelease: "done",
  contactUrgency: "done",
  contactDraft: "done",
  contactTransfer: "done",
  contactNote: "done",
  contactJoin: "done",
  handoverShow: "handover",
  exposureShow: "exposures",
  exposureMark: "done",
  sampleDraw: "sample",
  sampleList: "sample",
  sampleJudge: "done",
  queueWatch: "queueChange",
  staffList: "staff",
  statisticsShow: "statistics",
  statisticsExport: "file",
  taxonomyShow: "taxonomy",
  hintJudge: "done",
  search: "found",
  caseList: "cases",
  caseShow: "case",
  caseOpen: "done",
  caseNote: "done",
  caseChange: "done",
  caseClose: "done",
  caseAnswer: "done",
  formShow: "form",
  formTry: "form",
  formInstall: "done",
  consentRecord: "done",
  consentWithdraw: "done",
  refer: "done",
  referPreview: "preview",
  referralList: "referrals",
  referralShow: "referral",
  referralMove: "done",
  referralNext: "choices",
  escalate: "done",
  escalationList: "escalations",
  escalationShow: "escalation",
  clockList: "clocks",
  rosterList: "rosters",
  rosterPublish: "done",
  coverChoices: "choices",
  coverOffer: "done",
  coverAnswer: "done",
  overrideRequest: "done",
  overrideList: "overrides",
  overrideShow: "override",
  overrideDecide: "done",
  erasureList: "erasures",
  erasureRequest: "done",
  erasureAnswer: "done",
  caseErase: "done",
  linkList: "links",
  linkShow: "link",
  linkFreeze: "done",
  linkResume: "done",
  pluginList: "plugins",
  pluginMove: "done",
  pluginChange: "done",
  signInStart: "signIn",
  signInFinish: "session",
  enrolStart: "enrolment",
  enrolFinish: "session",
  sessionShow: "session",
  sessionEnd: "done",
  sessionConfirm: "session",
  accountList: "accounts",
  accountInvite: "invitation",
  accountChange: "done",
  policyList: "policies",
  policyShow: "policies",
  policyInstall: "done",
  policyReload: "done",
  directoryInstall: "done",
  backupMake: "done",
  backupList: "backups",
  partnerList: "partners",
  caseShare: "done",
  glassBreak: "done",
  glassList: "glasses",
  passportPiece: "passportPiece",
  attachmentList: "attachments",
  attachmentRead: "attachmentPart",
  attachmentAdd: "done",
  directoryShow: "directory",
  contactFileRead: "filePart",
  phoneList: "phones",
  phoneAdd: "phoneMade",
  phoneRemove: "done",
  phoneReady: "done",
  phoneBoard: "phoneBoard",
  contactCall: "done",
  callControl: "done",
} as const satisfies Partial<Record<keyof Request, keyof Reply>>;

export type Question = keyof typeof answers;
export type Answer<Q extends Question> = NonNullable<Reply[(typeof answers)[Q]]>;

// What is not given has its default value, so nothing has to be given.
type Sparse<T> = T extends (infer One)[] ? Sparse<One>[] : T extends object ? { [K in keyof T]?: Sparse<T[K]> } : T;
export type Words<Q extends Question> = Sparse<Exclude<Request[Q], undefined>>;

/// What the node, or the way to it, refused. `code` never changes; `wrong` and `mend` are the node's words.
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly wrong = "",
    readonly mend = "",
  ) {
    super(code);
  }
}

/// Asks the node through the plugin that gave us this page. One at a page.
export class Door {
  /// Called when the node says that nobody is signed in any more.
  ended: () => void = () => {};
  /// Called when a question wants a fresh second factor; gives whether it was shown, and then it is asked again.
  confirm: () => Promise<boolean> = () => Promise.resolve(false);
  #token = "";

  constructor(private readonly fetch: typeof globalThis.fetch) {}

  /// The answer. Throws a Refusal, and nothing else.
  async ask<Q extends Question>(question: Q, words: Words<Q>): Promise<Answer<Q>> {
    const answer = (await this.#reply(question, words))[answers[question]];
    if (answer === undefined) throw new Refusal("bad_answer");
    return answer as Answer<Q>;
  }

  /// The same for a question that does something where it is asked otherwise: it is done.
  async tell<Q extends Question>(question: Q, words: Words<Q>): Promise<Done> {
    const { done } = await this.#reply(question, words);
    if (!done) throw new Refusal("bad_answer");
    return done;
  }

  /// A ticket for one connection to the feed.
  async ticket(): Promise<string> {
    return ((await this.#post("/ticket")) as { ticket: string }).ticket;
  }

  /// Forgets the token against forged requests: a new session has a new one.
  renew(): void {
    this.#token = "";
  }

  async #reply(question: Question, words: unknown): Promise<Reply> {
    const post = async () => wholeReply(await this.#post("/api", { [question]: words }));
    let reply = await post();
    if (reply.error?.code === "confirm_needed" && (await this.confirm())) reply = await post();
    if (reply.error) throw new Refusal(reply.error.code, reply.error.wrong, reply.error.mend);
    return reply;
  }

  async #post(path: string, body?: unknown, again = true): Promise<unknown> {
    try {
      if (!this.#token) this.#token = ((await (await this.fetch("/token")).json()) as { token: string }).token;
      const answer = await this.fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Sanad-Token": this.#token },
        body: body === undefined ? "" : JSON.stringify(body),
      });
      if (answer.status === 403 && again) {
        this.#token = "";
        return await this.#post(path, body, false);
      }
      if (answer.ok) return await answer.json(); // an answer that breaks off was none
      const json = (await answer.json().catch(() => ({}))) as { error?: { code?: string } };
      const { code = "", ...words } = wholeReply(json).error ?? {};
      if (answer.status === 401 || code === "session_ended") this.ended();
      throw new Refusal(answer.status === 401 ? "session_ended" : code || `http_${answer.status}`, "wrong" in words ? words.wrong : "", "mend" in words ? words.mend : "");
    } catch (error) {
      throw error instanceof Refusal ? error : new Refusal("unreachable");
    }
  }
}
