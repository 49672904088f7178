// Made by schemas/typescript.mjs from schemas/api.capnp; a test compares them.

export interface Request {
  /** 1 */
  version: number;
  /** a member of staff of the node's configuration */
  actor: string;
  /** any role */
  nodeStatus?: null;
  /** volunteer */
  contactList?: ContactList;
  /** volunteer; audited: it shows what was written */
  contactShow?: string;
  /** counsellor */
  caseList?: null;
  /** counsellor; audited */
  caseShow?: string;
  /** counsellor */
  referralList?: null;
  /** counsellor; audited */
  referralShow?: string;
  /** counsellor */
  escalationList?: null;
  /** counsellor; audited */
  escalationShow?: string;
  /** admin, supervisor */
  linkList?: null;
  /** auditor */
  auditVerify?: null;
  /** auditor */
  auditExport?: AuditExport;
  /** any role */
  feedRead?: FeedRead;
  obsoletePassportExport?: string;
  /** volunteer: take it from the queue */
  contactOpen?: string;
  /** volunteer */
  contactReply?: ContactReply;
  /** volunteer */
  contactEnd?: ContactEnd;
  /** counsellor: a case from a contact */
  caseOpen?: CaseOpen;
  /** counsellor */
  caseNote?: CaseNote;
  /** counsellor */
  consentRecord?: ConsentRecord;
  /** counsellor: request another node's help */
  refer?: Refer;
  /** counsellor: everything either side may say afterwards */
  referralMove?: ReferralMove;
  /** counsellor */
  escalate?: Escalate;
  /** counsellor */
  caseClose?: CaseClose;
  /** admin: a newer directory, or a revocation, as a signed note */
  directoryInstall?: string;
  /** auditor, admin */
  auditWitness?: null;
  /** auditor, admin, supervisor */
  auditAlarms?: null;
  /** auditor: an alarm's id; audited */
  auditAcknowledge?: string;
  /** supervisor; audited */
  passportPiece?: PassportPieceRequest;
  /** counsellor: of a referral */
  attachmentList?: string;
  /** counsellor; audited */
  attachmentRead?: AttachmentRead;
  /** counsellor: a file of text, in parts */
  attachmentAdd?: AttachmentAdd;
  /** any role: what is in force, with what revokes and contradicts it */
  directoryShow?: null;
  /** admin, supervisor, auditor: both notes of one fork alarm, from 1 */
  directoryAlarm?: number;
  /** admin, supervisor: new referrals though the directory expired */
  directoryOverride?: DirectoryOverride;
  /** supervisor, admin, auditor: a node's id */
  linkShow?: string;
  /** admin */
  linkFreeze?: LinkReason;
  /** admin; two different ones */
  linkResume?: LinkReason;
  /** admin */
  linkRetry?: string;
  /** admin */
  linkRecover?: string;
  /** admin */
  linkExport?: LinkExport;
  /** admin */
  linkImport?: LinkImport;
  /** counsellor: what is about to break, soonest first */
  clockList?: null;
  /** counsellor: whom to ask in the place of a node that did not help */
  referralNext?: ReferralNext;
  /** supervisor, admin: give our roster to all peers */
  rosterPublish?: RosterView;
  /** volunteer */
  rosterList?: null;
  /** volunteer: who could help this contact now */
  coverChoices?: string;
  /** volunteer: offer the person the best open node */
  coverOffer?: string;
  /** volunteer: what the person chose */
  coverAnswer?: CoverAnswer;
  /** any role */
  policyList?: null;
  /** any role: a pack's name */
  policyShow?: string;
  /** admin: a pack, as a signed note or as its bare text */
  policyInstall?: string;
  /** admin: read the packs again */
  policyReload?: null;
  /** counsellor; audited: exactly what would leave */
  referPreview?: Refer;
  /** counsellor: refer without consent; a second person decides */
  overrideRequest?: OverrideRequest;
  /** supervisor */
  overrideList?: null;
  /** supervisor; audited: why confidentiality is broken */
  overrideShow?: string;
  /** supervisor, not the one who asked */
  overrideDecide?: OverrideDecide;
  /** counsellor: takes back every referral under it */
  consentWithdraw?: ConsentWithdraw;
  /** counsellor */
  erasureList?: null;
  /** counsellor: ask a peer to erase a referral of ours */
  erasureRequest?: ErasureRequest;
  /** supervisor: erase, or name the law that forbids it */
  erasureAnswer?: ErasureAnswer;
  /** supervisor, data_officer: twice, by two people */
  caseErase?: CaseErase;
  /** admin: so that what was erased is in no page of the store */
  storeCompact?: null;
  /** admin, supervisor: one instance, or all when empty */
  pluginList?: string;
  /** admin, supervisor */
  pluginMove?: PluginMove;
  /** admin, supervisor: answered when it is done */
  pluginChange?: PluginChange;
  /** nobody: a challenge for a passkey */
  signInStart?: null;
  /** nobody */
  signInFinish?: SignInFinish;
  /** nobody: with an administrator's one-time code */
  enrolStart?: EnrolStart;
  /** nobody: signs in at once */
  enrolFinish?: EnrolFinish;
  /** any role: who is signed in */
  sessionShow?: null;
  /** any role */
  sessionEnd?: null;
  /** any role: a fresh second factor, for what asks for one */
  sessionConfirm?: SignInFinish;
  /** admin, supervisor */
  accountList?: null;
  /** admin: a one-time code, for somebody new or for a new key */
  accountInvite?: AccountInvite;
  /** admin */
  accountChange?: AccountChange;
  /** volunteer: who waits, whoever is next first, and why */
  queueShow?: null;
  /** volunteer; audited: what was written after a message */
  contactRead?: ContactRead;
  /** volunteer: back into the queue */
  contactRelease?: string;
  /** volunteer */
  contactUrgency?: ContactUrgency;
  /** volunteer: keeps what is being written, for its author */
  contactDraft?: ContactDraft;
  /** volunteer */
  contactTransfer?: ContactTransfer;
  /** volunteer: colleagues, and who is at a desk now */
  staffList?: null;
  /** any role: a list of words with its labels */
  taxonomyShow?: string;
  /** counsellor */
  caseChange?: CaseChange;
  /** counsellor; audited */
  search?: Search;
  /** volunteer: whether a hint was right */
  hintJudge?: HintJudge;
  /** supervisor, data_officer: counts, never a person */
  statisticsShow?: StatisticsQuery;
  /** volunteer: among staff; no channel ever gets it */
  contactNote?: ContactNote;
  /** counsellor, admin: the case form */
  formShow?: null;
  /** counsellor */
  caseAnswer?: CaseAnswer;
  /** admin, supervisor: the form as this change of it would make it */
  formTry?: string;
  /** admin: the helpline's own change of it, in force at once */
  formInstall?: string;
  /** volunteer: what changed since the queue was last read */
  queueWatch?: QueueWatch;
  /** supervisor: write beside the one who has it */
  contactJoin?: string;
  /** supervisor, data_officer: a table for CHI or Insafe, as CSV */
  statisticsExport?: StatisticsExport;
  /** volunteer: their own; supervisor: everybody's */
  exposureShow?: null;
  /** volunteer; audited */
  exposureMark?: ExposureMark;
  /** supervisor; audited: ended conversations, drawn by lot */
  sampleDraw?: SampleDraw;
  /** volunteer: what was said of their own; supervisor: all that were drawn */
  sampleList?: null;
  /** supervisor; audited */
  sampleJudge?: SampleJudge;
  /** supervisor: the last so many hours, 1..72, for the next shift */
  handoverShow?: number;
  /** counsellor: whom an escalation can be sent to */
  partnerList?: null;
  /** counsellor: with a colleague who may open it too */
  caseShare?: CaseShare;
  /** counsellor: open a case that is a colleague's, for an hour */
  glassBreak?: GlassBreak;
  /** supervisor, data_officer, auditor: every time that somebody did */
  glassList?: null;
  /** admin: begin one now */
  backupMake?: null;
  /** admin */
  backupList?: null;
  /** volunteer: their own telephones, and whether they take calls */
  phoneList?: null;
  /** volunteer: what they call it, 0..64 bytes; its password is shown once */
  phoneAdd?: string;
  /** volunteer: one of theirs; supervisor: anybody's. It ends at once */
  phoneRemove?: string;
  /** volunteer: takes calls from now on, or pauses */
  phoneReady?: PhoneReady;
  /** supervisor: who takes calls, and who talks with whom */
  phoneBoard?: null;
  /** volunteer: rings the asker, and brings them and the person together */
  contactCall?: ContactCall;
  /** volunteer; listen, whisper, barge_in and leave: supervisor */
  callControl?: CallControl;
  /** volunteer; audited at its first part */
  contactFileRead?: ContactFileRead;
}

export interface Reply {
  error?: ErrorReply;
  done?: Done;
  status?: NodeStatus;
  contacts?: ContactView[];
  contact?: ContactView;
  cases?: CaseView[];
  case?: CaseView;
  referrals?: ReferralView[];
  referral?: ReferralView;
  escalations?: EscalationView[];
  escalation?: EscalationView;
  links?: LinkView[];
  auditVerified?: AuditVerified;
  audit?: AuditView[];
  feed?: FeedView[];
  obsoletePassport?: number[];
  auditWitness?: AuditWitnessView;
  auditAlarms?: AuditAlarmView[];
  passportPiece?: PassportPiece;
  attachments?: AttachmentView[];
  attachmentPart?: AttachmentPart;
  directory?: DirectoryView;
  directoryAlarm?: DirectoryAlarmView;
  link?: LinkDetail;
  courier?: CourierPart;
  courierTaken?: CourierTaken;
  clocks?: ClockView[];
  choices?: ChoiceView[];
  rosters?: RosterView[];
  policies?: PolicyView[];
  preview?: Preview;
  overrides?: OverrideView[];
  override?: OverrideView;
  erasures?: ErasureView[];
  plugins?: PluginView[];
  signIn?: SignInView;
  enrolment?: EnrolmentView;
  session?: SessionView;
  accounts?: AccountView[];
  invitation?: InvitationView;
  queue?: QueueView;
  staff?: StaffView[];
  taxonomy?: TaxonomyView;
  found?: FoundView[];
  statistics?: StatisticsView;
  form?: FormView;
  queueChange?: QueueChange;
  file?: FileView;
  exposures?: ExposureView[];
  sample?: SampleView[];
  handover?: HandoverView;
  partners?: PartnerView[];
  glasses?: GlassView[];
  backups?: BackupsView;
  phones?: PhonesView;
  phoneMade?: PhoneMade;
  phoneBoard?: PhoneAgentView[];
  filePart?: FilePart;
}

export interface ErrorReply {
  /** never changes: "not_found", "denied", "consent_missing", ... */
  code: string;
  /** one plain sentence: what is wrong */
  wrong: string;
  /** how to mend it */
  mend: string;
}

export interface Done {
  /** of what was made or changed */
  id: string;
  /** its state now */
  state: string;
  /** a new case's code */
  code: string;
  /** what else the person should know, such as which policy rules allowed it */
  note: string;
}

export interface ContactList {
  /** with those that have ended */
  all: boolean;
}

export interface ContactReply {
  contact: string;
  /** 1..16,000 bytes */
  text: string;
  /** 8..32 bytes: the same when the same reply is sent again, which changes nothing; may be empty */
  key: string;
}

export interface ContactEnd {
  contact: string;
  /** contact-end */
  reason: string;
  /** contact-result, may be empty */
  result: string;
}

export interface CaseOpen {
  contact: string;
  /** U0..U4 */
  urgency: string;
  /** chi-reasons or online-harm, at most 3, the main one first */
  reasons: string[];
  ageBand: string;
  gender: string;
  languages: string[];
}

export interface CaseNote {
  case: string;
  text: string;
}

export interface CaseClose {
  case: string;
  reason: string;
}

export interface ConsentRecord {
  case: string;
  /** child, caregiver, both */
  by: string;
  /** referral-items: each a field that may leave */
  items: string[];
  /** node or partner ids */
  recipients: string[];
  /** what was read out or shown; only its hash leaves */
  words: string;
  language: string;
  /** time, may be empty */
  expires: string;
}

export interface ContactView {
  id: string;
  state: string;
  channel: string;
  urgency: string;
  languages: string[];
  createdAt: string;
  openedBy: string;
  case: string;
  messageCount: number;
  /** contactShow only */
  messages: MessageView[];
  endReason: string;
  waitingSince: string;
  /** queueShow, contactShow and contactRead */
  hints: HintView[];
  /** contactShow and contactRead: what the asker was writing */
  draft: string;
  /** here, left, quick_exit; empty: not known */
  presence: string;
  /** the highest level that the hints suggest */
  hintUrgency: string;
  /** contactShow and contactRead: all of them */
  notes: NoteView[];
  /** supervisors who write beside the one who has it */
  joined: string[];
  /** contact-marks: what its channel said of it */
  marks: string[];
  /** perhaps nobody in need: waits behind all others */
  setAside: boolean;
  /** contactShow and contactRead: all of them, the oldest first */
  files: ContactFileView[];
  /** the contact whose return code this person has; empty: none */
  earlier: string;
}

/** What came with a contact: a document of a mail, a recorded voice. Never a picture or a film. */
export interface ContactFileView {
  /** for contactFileRead */
  id: string;
  /** as the sender called it, for people; may be empty */
  name: string;
  /** such as application/pdf; of a voice audio/PCMA: G.711 A-law at 8 kHz */
  mediaType: string;
  /** so far */
  bytes: number;
  parts: number;
  /** false: its end is missing, so it is shown as cut */
  whole: boolean;
  at: string;
}

export interface ContactFileRead {
  contact: string;
  file: string;
  /** from 0 */
  part: number;
}

export interface FilePart {
  /** at most 16,384 bytes */
  bytes: number[];
  part: number;
  /** of the file, so far */
  parts: number;
  whole: boolean;
}

export interface NoteView {
  at: string;
  from: string;
  /** a colleague who was asked; empty: for whoever works on it */
  to: string;
  text: string;
}

/** What a word list noticed in what a person wrote. It only ever points; people judge. */
export interface HintView {
  /** of the hint's kind, such as "sextortion" */
  id: string;
  /** that it suggests */
  urgency: string;
  label: Label[];
  /** the message */
  seq: string;
  /** bytes of its text that were noticed: from here */
  first: number;
  length: number;
  /** the same bytes */
  words: string;
}

export interface Label {
  language: string;
  text: string;
}

export interface MessageView {
  seq: string;
  at: string;
  /** "person", the member of staff, or "channel": nobody wrote it, it has marks alone */
  from: string;
  text: string;
  /** of the helpline's: shown to the person */
  seen: boolean;
  /** contact-marks: what its channel says of it */
  marks: string[];
}

export interface TimelineEntry {
  at: string;
  /** a member of staff, a node, a partner */
  who: string;
  /** the kind of event */
  what: string;
  reason: string;
  text: string;
  /** of referrals: "receipted" once the peer's cosignature covers it, else "pending" */
  receipt: string;
}

export interface CaseView {
  id: string;
  code: string;
  status: string;
  urgency: string;
  createdAt: string;
  assignedTo: string;
  contacts: string[];
  referrals: string[];
  escalations: string[];
  consents: string[];
  /** caseShow only */
  timeline: TimelineEntry[];
  closeReason: string;
  updatedAt: string;
  reasons: string[];
  ageBand: string;
  gender: string;
  languages: string[];
  hasSafetyPlan: boolean;
  /** caseShow only */
  answers: Answer[];
  /** who may open it beside the one who has it */
  sharedWith: string[];
  /** caseShow only: each time somebody else opened it */
  glasses: GlassView[];
  /** the asker may open it */
  mine: boolean;
}

export interface CaseShare {
  case: string;
  /** a counsellor */
  with: string;
  /** no more */
  end: boolean;
}

export interface GlassBreak {
  case: string;
  /** 20..400 bytes */
  reason: string;
}

/** Somebody opened a case that was not theirs. It stays in the case for ever. */
export interface GlassView {
  case: string;
  /** of the case */
  code: string;
  by: string;
  at: string;
  until: string;
  reason: string;
}

export interface Answer {
  field: string;
  /** none: nothing was answered, or it is taken away */
  values: string[];
}

export interface CaseAnswer {
  case: string;
  /** to other fields, what was answered stays */
  answers: Answer[];
}

export interface FormView {
  version: string;
  fields: FormViewField[];
  /** of formShow to an admin or supervisor: the helpline's change, as it is in force */
  own: string;
}

export interface FormViewField {
  id: string;
  /** choice, choices, line, text, number, date, truth */
  type: string;
  /** of choice and choices: a taxonomy */
  list: string;
  en: string;
  fr: string;
  ar: string;
  /** 0: as many as the type may have */
  most: number;
  /** a case closes only with it */
  needed: boolean;
}

export interface QueueView {
  /** whoever is next first */
  waiting: QueueViewPlace[];
  /** that somebody is talking with */
  open: ContactView[];
  now: string;
}

export interface QueueViewPlace {
  contact: ContactView;
  /** imminent_danger, waited_too_long, over_target, level, set_aside */
  reason: string;
  waitedMs: string;
  /** how long its level may wait */
  targetMs: string;
}

export interface QueueWatch {
  /** the version that the asker got with the same limit; 0: none */
  known: string;
  /** how many of those who wait, whoever is next first; 1..500 */
  limit: number;
}

export interface QueueChange {
  now: string;
  /** for the next queueWatch; ends with the node's process */
  version: string;
  /** `places` and `open` are all there is: forget what was known */
  whole: boolean;
  /** how many wait, beyond the limit too */
  waiting: number;
  /** of those who are talked with: the changed ones */
  open: ContactView[];
  /** of the first who wait: the changed ones */
  places: QueueViewPlace[];
  /** the first who wait */
  order: string[];
  /** all that are open */
  talking: string[];
  /** of all who wait, beyond the limit too: U0 to U4 */
  levels: QueueChangeLevel[];
  /** how long whoever has waited longest has */
  longestMs: string;
}

export interface QueueChangeLevel {
  /** that they are taken to have */
  urgency: string;
  waiting: number;
  /** of them: longer than their level may */
  over: number;
}

export interface ContactRead {
  contact: string;
  after: string;
}

export interface ContactUrgency {
  contact: string;
  /** U0..U4 */
  urgency: string;
  /** 1..400 bytes; must be given to lower a level */
  reason: string;
}

export interface ContactDraft {
  contact: string;
  /** empty: forget it */
  text: string;
}

export interface ContactNote {
  contact: string;
  /** 1..4,000 bytes */
  text: string;
  /** a colleague whom it asks or tells something; may be empty */
  to: string;
}

export interface ContactTransfer {
  contact: string;
  /** a member of staff */
  to: string;
  reason: string;
}

export interface StaffView {
  name: string;
  roles: string[];
  /** signed in now */
  atDesk: boolean;
  /** contacts they are talking with */
  open: number;
  displayName: string;
}

export interface TaxonomyView {
  name: string;
  terms: TaxonomyViewTerm[];
}

export interface TaxonomyViewTerm {
  id: string;
  /** empty: top */
  parent: string;
  en: string;
  fr: string;
  ar: string;
  flags: string[];
}

/** What is empty stays as it is. */
export interface CaseChange {
  case: string;
  /** U0..U4 */
  urgency: string;
  /** of a lower level, of a reopening; in words */
  reason: string;
  /** case-status */
  status: string;
  /** chi-reasons or online-harm, at most 3, the main one first */
  reasons: string[];
  ageBand: string;
  gender: string;
  languages: string[];
  /** a member of staff */
  assignTo: string;
  /** for staff */
  safetyPlan: string;
  /** contact-action: what was done */
  action: string;
}

export interface Search {
  /** 1..200 bytes; all of them must be there, a last one may be a beginning */
  words: string;
  /** 1..100 */
  limit: number;
}

export interface FoundView {
  contact: string;
  case: string;
  caseCode: string;
  /** the newest message that has one of the words; of a note: 0 */
  seq: string;
  at: string;
  /** person, or the member of staff */
  from: string;
  /** of that message, at most 300 bytes around the first word */
  text: string;
}

export interface HintJudge {
  contact: string;
  /** its id */
  hint: string;
  right: boolean;
}

export interface StatisticsQuery {
  /** a day, 2026-01-31 */
  from: string;
  /** the last day that counts */
  until: string;
  /** day, hour, channel, language, urgency, end, outcome, action, wait, group, reason, harm, age, gender, requester, service; none: all */
  by: string[];
}

export interface StatisticsView {
  contacts: string;
  rows: StatisticsViewRow[];
  /** a count under it is not told */
  smallest: number;
  /** so few contacts that not even their number is told */
  hidden: boolean;
}

export interface StatisticsViewRow {
  by: string;
  /** a day, an hour, minutes of waiting, or an id of a list; "none": not written down */
  key: string;
  count: string;
  /** too small to be told: count is 0 */
  hidden: boolean;
  /** hidden with others, at least one of which is too small: not said which */
  beside: boolean;
}

export interface StatisticsExport {
  /** chi_year, bik_quarter */
  table: string;
  /** 2026, or 2026-Q1 */
  period: string;
}

export interface FileView {
  /** such as chi-2026.csv */
  name: string;
  mediaType: string;
  /** at most 900 KiB */
  text: string;
}

export interface PhonesView {
  /** of whoever asks */
  phones: PhoneView[];
  /** takes calls */
  ready: boolean;
  /** phone-pause: why not; empty: they have not begun */
  reason: string;
  /** of either; empty: since the node began */
  since: string;
  /** what a SIP telephone calls the realm of its password */
  realm: string;
  /** where it registers, of the node's configuration; may be empty */
  server: string;
}

export interface PhoneView {
  /** its user name at the node, such as d-ab12cd34 */
  name: string;
  /** what its owner calls it */
  label: string;
  createdAt: string;
  /** when the phone channel last said that it can be rung; empty: not yet */
  reachableAt: string;
}

export interface PhoneMade {
  name: string;
  /** this once: nobody can read it again */
  password: string;
  realm: string;
  server: string;
}

export interface PhoneReady {
  ready: boolean;
  /** of a pause: phone-pause */
  reason: string;
}

/** A member of staff who has a telephone. */
export interface PhoneAgentView {
  who: string;
  displayName: string;
  /** ready, ringing, talking, after_call, paused */
  state: string;
  /** paused: phone-pause; empty: they have not begun */
  reason: string;
  /** of the state; empty: since the node began */
  since: string;
  /** ringing, talking, after_call: with whom */
  contact: string;
  /** the same: on which telephone */
  device: string;
  phones: PhoneView[];
}

export interface ContactCall {
  /** waits on the line, or asked to be called back */
  contact: string;
  /** one of the asker's; empty: the one that was reachable last */
  device: string;
}

export interface CallControl {
  /** that is talked with by telephone */
  contact: string;
  /** hang_up, hold, resume, transfer · supervisor: listen, whisper, barge_in, leave */
  act: string;
  /** of transfer: a member of staff; of a supervisor's acts: their own telephone, empty: the one that was reachable last */
  to: string;
}

/** How long somebody has worked on severe content. It tells how much, never what. */
export interface ExposureView {
  who: string;
  todayMinutes: number;
  /** a day */
  budgetMinutes: number;
  /** since the last break */
  stretchMinutes: number;
  stretchMaxMinutes: number;
  onBreak: boolean;
  /** they want to talk about it with somebody */
  talkAsked: boolean;
  /** nothing severe is given to them */
  over: boolean;
  /** minutes that a supervisor has added today */
  lent: number;
}

export interface ExposureMark {
  /** empty: the asker. Another one: a supervisor's, for talked and lend */
  who: string;
  /** break_begin, break_end, talk_ask, talked, lend */
  what: string;
  /** of lend: 1..60 */
  minutes: number;
}

export interface SampleDraw {
  /** that ended in the last so many: 1..90 */
  days: number;
  /** 1..20 */
  count: number;
  /** of one member of staff; empty: of all */
  who: string;
}

export interface SampleView {
  id: string;
  contact: string;
  /** whose conversation it was */
  who: string;
  channel: string;
  endedAt: string;
  drawnAt: string;
  drawnBy: string;
  /** empty: not yet */
  judgedAt: string;
  judgedBy: string;
  marks: SampleViewMark[];
  note: string;
}

export interface SampleViewMark {
  id: string;
  /** in quality-marks; 1..5 */
  mark: number;
}

export interface SampleJudge {
  id: string;
  marks: SampleViewMark[];
  /** for the colleague it is about, 0..2,000 bytes */
  note: string;
}

export interface HandoverView {
  from: string;
  until: string;
  /** contacts */
  arrived: number;
  ended: number;
  longestWaitMs: string;
  waiting: ContactView[];
  open: ContactView[];
  /** open ones that are U0 or U1, or changed since `from` */
  cases: CaseView[];
  /** that run out in the next 24 hours */
  clocks: ClockView[];
  /** that nobody has decided */
  overrides: OverrideView[];
  /** codes of what is red */
  health: string[];
}

export interface PartnerView {
  id: string;
  name: Label[];
  /** the plugin that reaches it, */
  instance: string;
  /** and how that is: running, ... */
  state: string;
}

export interface SignInView {
  /** for signInFinish, once, within 5 minutes */
  ticket: string;
  challenge: string;
  /** the domain that passkeys are for; empty: this node takes none */
  relyingParty: string;
}

export interface SignInFinish {
  ticket: string;
  passkey?: PasskeyAssertion;
  password?: PasswordAnswer;
}

export interface PasskeyAssertion {
  credential: string;
  clientData: string;
  authenticatorData: string;
  signature: string;
  userHandle: string;
}

export interface PasswordAnswer {
  name: string;
  password: string;
  /** six digits of the authenticator app; any script's digits */
  code: string;
}

export interface EnrolStart {
  name: string;
  /** of accountInvite or `sanad user invite` */
  code: string;
}

export interface EnrolmentView {
  /** for enrolFinish, within 15 minutes */
  ticket: string;
  challenge: string;
  relyingParty: string;
  userHandle: string;
  name: string;
  displayName: string;
  /** base32, for who takes a password instead */
  totpSecret: string;
  /** otpauth://... */
  totpAddress: string;
  /** that the person has already */
  credentials: string[];
}

export interface EnrolFinish {
  ticket: string;
  passkey?: PasskeyAttestation;
  password?: PasswordAnswer;
}

export interface PasskeyAttestation {
  clientData: string;
  authenticatorData: string;
  /** what its owner calls it; at most 64 bytes */
  label: string;
}

export interface SessionView {
  name: string;
  displayName: string;
  roles: string[];
  /** of the console */
  language: string;
  signedInAt: string;
  /** whatever happens */
  endsAt: string;
  /** without a request it ends after so long */
  idleMs: string;
  /** when a second factor was last shown */
  confirmedAt: string;
  /** passkey, password */
  how: string;
  node: string;
  country: string;
  nodeName: string;
}

export interface AccountView {
  name: string;
  displayName: string;
  roles: string[];
  languages: string[];
  active: boolean;
  credentials: AccountViewCredential[];
  hasPassword: boolean;
  lastSignIn: string;
  signedIn: boolean;
  /** a one-time code waits */
  invitedUntil: string;
  /** of node.toml: its roles are changed there */
  fixed: boolean;
}

export interface AccountViewCredential {
  id: string;
  label: string;
  addedAt: string;
  usedAt: string;
}

export interface AccountInvite {
  /** 1..64 bytes; somebody who is there gets a code for one more key */
  name: string;
  displayName: string;
  roles: string[];
  languages: string[];
}

export interface InvitationView {
  name: string;
  /** empty: a second administrator has to ask for the same until then */
  code: string;
  until: string;
}

export interface AccountChange {
  name: string;
  /** roles, languages, display_name, disable, enable, forget_key, forget_password */
  what: string;
  /** of what: the roles, the languages, the name, the credential's id */
  values: string[];
}

export interface Refer {
  case: string;
  /** a node id */
  to: string;
  /** message-kinds; empty: referral */
  kind: string;
  /** empty: the case's */
  urgency: string;
  /** a consent record of the case; empty: its newest */
  consent: string;
  transferBasis: string;
  /** redacted by the one who sends */
  narrative: string;
  servicesRequested: string[];
  servicesGiven: string[];
  locationRegion: string;
  safeContactChannel: string;
  safeContactTimes: string;
  codeWord: string;
  neverSay: string;
  redactionConfirmed: boolean;
  replyBy: string;
}

export interface ReferralMove {
  referral: string;
  /** by the asked: review, ask, accept, decline, redirect, start, hold, resume, complete, not_complete, withdraw_ok · by the asker: information, withdraw, confirm · by either: note */
  move: string;
  /** decline-reasons, referral-outcome, withdraw-reasons: where the move wants one */
  reason: string;
  text: string;
}

export interface ReferralView {
  id: string;
  peer: string;
  /** asker, asked */
  side: string;
  state: string;
  urgency: string;
  kind: string;
  case: string;
  caseCode: string;
  createdAt: string;
  /** who is responsible now: node ids, never none */
  owners: string[];
  eventsAsker: number;
  eventsAsked: number;
  /** referralShow only */
  timeline: TimelineEntry[];
  /** referralShow only */
  request: RequestView;
  /** the next step of its clock */
  dueAt: string;
  /** the limits that run, the earliest first */
  clocks: ClockView[];
  /** asker: the referral that followed this one */
  next: string;
  /** asker: the one that this follows */
  previous: string;
}

export interface ReferralNext {
  referral: string;
  /** a node id; empty: show who could be asked */
  to: string;
  /** a person has read what leaves, and to whom */
  confirmed: boolean;
}

/** A node that could help, the best first. */
export interface ChoiceView {
  node: string;
  /** nothing speaks against it */
  fits: boolean;
  /** codes, such as "open", "other_language", "full" */
  reasons: string[];
  /** the same in one sentence */
  words: string;
  /** offers it could still take; 0 without a roster */
  room: number;
}

export interface CoverAnswer {
  contact: string;
  /** go_on, wait, leave_message */
  answer: string;
}

/** When a node is there for children of others. Of rosterPublish: what comes before `node`. */
export interface RosterView {
  languages: string[];
  /** none: every age */
  ageBands: string[];
  /** message-kinds; none: overflow */
  kinds: string[];
  /** IANA name, or GMT+hh:mm */
  zone: string;
  /** "mon-fri 20:00-08:00" */
  hours: string[];
  /** offers open at once */
  capacity: number;
  validUntil: string;
  node: string;
  /** rises with each publication */
  number: string;
  issuedAt: string;
  /** now */
  open: boolean;
}

/** One limit that runs. */
export interface ClockView {
  /** clockList: referral, escalation */
  what: string;
  /** clockList: of it */
  id: string;
  peer: string;
  state: string;
  urgency: string;
  case: string;
  /** stored, seen, accepted, begun, acted */
  limit: string;
  /** the whole of the limit */
  dueAt: string;
  /** half, full, twice; empty: all were told */
  nextStep: string;
  nextAt: string;
  /** the steps that were told */
  told: string[];
  /** paused: dueAt moves on while it lasts */
  standsStill: boolean;
}

/** What was disclosed, as it crossed. */
export interface RequestView {
  fields: RequestViewField[];
}

export interface RequestViewField {
  name: string;
  value: string;
  /** of a preview: the name in the receiver's language */
  label: string;
  /** of a preview: the value in the receiver's language, where it is from a list */
  shown: string;
}

/** What `refer` with the same words would send, read back from the very bytes. */
export interface Preview {
  request: RequestView;
  to: string;
  /** of the labels: the receiver's first, as the directory has it */
  language: string;
  /** of the message before it is sealed */
  bodyBytes: number;
  /** of the sealed and padded entry: what a wire shows */
  entryBytes: number;
  /** SHA-256 of the consent's words, hexadecimal: it travels with the request */
  consentHash: string;
  /** the rules that allow it */
  policy: string;
  /** items that the consent does not name, and that stay here */
  withheld: string[];
}

export interface OverrideRequest {
  /** with a transfer basis that is no consent */
  refer: Refer;
  /** referral-items that would be told */
  items: string[];
  /** in one sentence */
  reason: string;
  /** why we broke confidentiality: at least 20 bytes; for supervisors */
  note: string;
}

export interface OverrideDecide {
  override: string;
  /** true sends it at once */
  approve: boolean;
  /** must be given to refuse */
  reason: string;
}

export interface OverrideView {
  id: string;
  case: string;
  to: string;
  items: string[];
  reason: string;
  /** pending, approved, refused */
  state: string;
  requestedBy: string;
  requestedAt: string;
  decidedBy: string;
  decidedWhy: string;
  decidedAt: string;
  referral: string;
  /** overrideShow only */
  note: string;
  /** overrideShow only */
  narrative: string;
}

export interface ConsentWithdraw {
  case: string;
  /** empty: the case's newest */
  consent: string;
}

export interface ErasureRequest {
  referral: string;
  /** withdraw-reasons */
  reason: string;
}

export interface ErasureAnswer {
  referral: string;
  /** false: it is held */
  erase: boolean;
  /** held: legal-hold */
  reason: string;
  /** held: the rule that forbids it */
  law: string;
  /** held: the date on which that ends */
  until: string;
}

export interface CaseErase {
  case: string;
  /** by the first person */
  reason: string;
  /** by the second */
  confirm: boolean;
}

export interface ErasureView {
  referral: string;
  peer: string;
  /** requester: we asked · holder: they asked us */
  side: string;
  /** erasure_requested, erased, held */
  state: string;
  reason: string;
  requestedAt: string;
  answeredAt: string;
  /** of the answer; or the end of the hold */
  dueAt: string;
  holdReason: string;
  holdLaw: string;
  /** of the certificate, hexadecimal */
  keyHash: string;
  /** that can be read no more */
  entries: number;
}

export interface PolicyView {
  name: string;
  version: number;
  issued: string;
  covers: string[];
  /** signed by the key of node.toml that a lawyer has read it */
  reviewed: boolean;
  reviewedBy: string;
  signers: string[];
  /** by an administrator; else it came with the software */
  installed: boolean;
  /** policyShow only: in plain words */
  text: string;
}

export interface AttachmentAdd {
  referral: string;
  /** empty at the first part; then what the first answer's id said */
  upload: string;
  /** 1..120 bytes, one line */
  name: string;
  /** of this part in the file */
  offset: number;
  /** 1..786,432 bytes */
  bytes: number[];
  /** with it the file is complete: it is judged, and sent or refused */
  last: boolean;
}

export interface AttachmentRead {
  referral: string;
  attachment: string;
  offset: number;
}

export interface AttachmentPart {
  /** from the offset on, at most 786,432 bytes */
  bytes: number[];
  /** of the whole file */
  size: number;
}

export interface AttachmentView {
  id: string;
  name: string;
  bytes: number;
  /** hexadecimal */
  sha256: string;
  /** out, in */
  direction: string;
  at: string;
  /** under_way, complete, refused; lost: not in the backup, add it again */
  state: string;
  chunksHeld: number;
  chunks: number;
  /** what it was instead of text: image, video, archive, ... */
  refused: string;
}

export interface Escalate {
  case: string;
  /** a partner of the node's configuration */
  partner: string;
  /** empty: the case's */
  urgency: string;
  consent: string;
  /** what the partner is told */
  summary: string;
  redactionConfirmed: boolean;
  /** transfer-basis; empty: same_jurisdiction */
  transferBasis: string;
}

export interface EscalationView {
  id: string;
  case: string;
  partner: string;
  state: string;
  urgency: string;
  createdAt: string;
  partnerReference: string;
  timeline: TimelineEntry[];
  dueAt: string;
  clocks: ClockView[];
}

export interface NodeStatus {
  node: string;
  version: string;
  healthy: boolean;
  fault: string;
  directoryVersion: string;
  /** none, valid, expired_soft, expired_hard */
  directoryState: string;
  contactsWaiting: number;
  plugins: PluginView[];
  commits: string;
  counters: NodeStatusCounter[];
  /** where peers dial us, with the real port */
  endpoint: string;
  /** when the whole audit log was last read again; empty: not yet */
  auditChecked: string;
  /** what was wrong with it then, and with which entry; empty: nothing */
  auditBad: string;
  /** open ones: see auditAlarms of Request */
  auditAlarms: number;
  directoryExpires: string;
  /** until then new referrals leave although it expired long ago */
  directoryOverrideUntil: string;
  /** fork alarms ever raised */
  directoryAlarms: string;
  /** the clock says less than timeFloor, which the stewards have signed */
  clockWrong: boolean;
  timeFloor: string;
  /** nodes that a notice puts out until the stewards meet */
  revoked: string[];
  policies: PolicyView[];
}

export interface NodeStatusCounter {
  name: string;
  count: string;
}

export interface PluginView {
  instance: string;
  plugin: string;
  version: string;
  state: string;
  /** items in its outbox that will be given to it What follows only in an answer to pluginList. */
  waiting: number;
  /** channel, partner, storage, desk, assist */
  kind: string;
  /** isolated, inprocess */
  run: string;
  /** unknown, ok, degraded, failed */
  health: string;
  /** the plugin's own code */
  healthReason: string;
  /** lately: those that count towards a quarantine */
  crashes: number;
  /** parts that this machine lacks, with commas */
  sandboxLacks: string;
  /** the newest last */
  transitions: PluginViewTransition[];
  deadLetters: PluginViewDeadLetter[];
  /** what it counts itself, since the node began */
  measures: NodeStatusCounter[];
  /** what it may do */
  grants: string[];
  /** what its manifest asks for and nobody has given it */
  withheld: string[];
  /** SHA-256 of its file, in hexadecimal digits */
  hash: string;
  /** whose signature its file has; empty: this node asks for none */
  signer: string;
}

export interface PluginViewTransition {
  at: string;
  state: string;
  /** requested, automatic, crash, hang, bad_message, forbidden, check_failed */
  reason: string;
  /** such as SIGSEGV; may be empty */
  how: string;
}

/** What the plugin's process ended with three times: for a person to look at. */
export interface PluginViewDeadLetter {
  /** for pluginMove */
  number: string;
  /** the contact or escalation */
  subject: string;
  createdAt: string;
  /** tries */
  attempt: number;
}

export interface PluginMove {
  instance: string;
  /** resume: end a quarantine; retry, drop: a dead letter */
  move: string;
  /** of the dead letter */
  number: string;
}

/** Changes of one plugin are done one after the other. */
export interface PluginChange {
  instance: string;
  /** enable, disable, reload, rollback */
  what: string;
}

export interface LinkView {
  peer: string;
  up: boolean;
  frozen: string;
  lanes: LaneView[];
}

export interface LaneView {
  lane: string;
  /** entries of our log */
  sent: string;
  /** of them, under the peer's cosignature */
  receipted: string;
  /** entries of the peer's log that we hold */
  received: string;
}

export interface LinkReason {
  peer: string;
  /** reason 1..400 bytes, for the audit */
  reason: string;
}

export interface LinkDetail {
  peer: string;
  up: boolean;
  /** the peer has said where it stands since this process began */
  heard: boolean;
  lanes: LaneDetail[];
  /** a code; empty: it is not frozen */
  frozen: string;
  frozenAt: string;
  frozenBy: string;
  reason: string;
  /** of the two heads below */
  evidenceLane: string;
  /** signed notes that contradict each other: what we hold, */
  heldHead: string;
  /** and what was shown to us */
  shownHead: string;
  /** the first administrator who wants to go on, within 24 hours */
  resumeBy: string;
  resumeAt: string;
  resumeReason: string;
}

export interface LaneDetail {
  lane: string;
  sent: string;
  receipted: string;
  received: string;
  /** signed notes: our newest head with the peer's receipt under it, */
  ourHead: string;
  /** and the peer's newest head */
  theirHead: string;
  /** of our own log that the peer gives back */
  recovered: string;
  /** 0: nothing is missing */
  recovering: string;
}

export interface LinkExport {
  peer: string;
  /** empty: the greeting and our receipts */
  lane: string;
  first: string;
  /** although the peer was not heard since this process began */
  unheard: boolean;
}

export interface CourierPart {
  /** as they cross a connection */
  frames: number[][];
  /** where the next part begins */
  next: string;
  /** of our log */
  size: string;
  /** this node */
  from: string;
}

export interface LinkImport {
  from: string;
  to: string;
  frame: number[];
}

export interface CourierTaken {
  /** that were new here */
  entries: string;
}

export interface BackupsView {
  folder: string;
  /** the half of the key that this node has; empty: it makes no backups */
  key: string;
  /** 0: only when somebody asks */
  everyHours: number;
  /** how many files stay */
  keep: number;
  running: boolean;
  /** written so far, of the one that runs */
  bytes: string;
  /** why the last one failed; empty: it did not */
  fault: string;
  /** the newest first */
  made: BackupsViewBackup[];
  /** the newest is older than two rounds, or there is none */
  late: boolean;
}

export interface BackupsViewBackup {
  file: string;
  at: string;
  bytes: string;
}

export interface AuditVerified {
  size: string;
  root: string;
  /** then the two that follow say which entry is the first bad one, and why */
  bad: boolean;
  badIndex: string;
  badWhat: string;
  /** the newest signed head that the log agrees with */
  agreedSize: string;
  /** who holds it beside this node */
  agreedHolder: string;
}

export interface AuditWitnessView {
  witnesses: AuditWitnessViewWitness[];
  /** the newest 24 */
  own: AuditWitnessViewOwn[];
  /** of other nodes; the newest 200 */
  seen: AuditWitnessViewSeen[];
  /** the last nightly walk */
  checkedAt: string;
  checkedSize: string;
  checkedBadIndex: string;
  /** empty: nothing is wrong */
  checkedBad: string;
}

export interface AuditWitnessViewWitness {
  node: string;
  cosigned: string;
}

export interface AuditWitnessViewOwn {
  size: string;
  at: string;
  head: string;
}

export interface AuditWitnessViewSeen {
  node: string;
  size: string;
  at: string;
  toldBy: string;
  /** by this node */
  cosigned: boolean;
  /** to have grown out of an older one */
  proven: boolean;
  head: string;
}

export interface AuditAlarmView {
  id: string;
  at: string;
  /** whose audit log */
  about: string;
  kind: string;
  toldBy: string;
  /** both signed heads, whole */
  first: string;
  second: string;
  repeats: string;
  /** empty: open */
  acknowledgedBy: string;
}

export interface PassportPieceRequest {
  referral: string;
  /** 0: make it now */
  offset: string;
  /** of the first piece; from the second on */
  file: number[];
}

export interface PassportPiece {
  offset: string;
  /** bytes of the whole file, at most 16 MiB */
  total: string;
  /** SHA-256 of the whole file */
  file: number[];
  bytes: number[];
}

export interface AuditExport {
  first: string;
  limit: number;
}

export interface AuditView {
  number: string;
  at: string;
  actor: string;
  role: string;
  action: string;
  subject: string;
  reason: string;
  result: string;
}

export interface FeedRead {
  after: string;
  /** 1..1,000 */
  limit: number;
  /** wait so long for the first one, at most 30,000 */
  waitMs: number;
}

export interface FeedView {
  sequence: string;
  at: string;
  name: string;
  subject: string;
  peer: string;
  number: string;
  /** the members of staff it is for, with commas; empty: whoever it concerns */
  who: string;
}

export interface DirectoryView {
  /** none, valid, expired_soft, expired_hard */
  state: string;
  /** as it was signed */
  note: string;
  timeFloor: string;
  clockWrong: boolean;
  notices: DirectoryViewNotice[];
  /** without their notes: directoryAlarm has them */
  alarms: DirectoryAlarmView[];
  override: DirectoryViewOverride;
}

export interface DirectoryViewNotice {
  node: string;
  by: string;
  reason: string;
  issuedAt: string;
  lapsesAt: string;
  /** false: a later directory has ended it */
  acts: boolean;
}

export interface DirectoryViewOverride {
  /** empty: there is none */
  askedBy: string;
  /** empty: a second person must agree first */
  agreedBy: string;
  reason: string;
  hours: number;
  askedAt: string;
  until: string;
}

export interface DirectoryAlarmView {
  at: string;
  version: string;
  /** who brought the second one */
  from: string;
  /** the note that was in force */
  held: string;
  /** the note that contradicts it, signed by enough stewards as well */
  other: string;
}

export interface DirectoryOverride {
  /** ask, agree, end */
  action: string;
  /** of ask: 1..500 bytes */
  reason: string;
  /** of ask: 1..72 */
  hours: number;
}

/** Of each struct that an answer may have: what its fields are, for those that are left out. A member of a union ends in `?`: it is absent when it is not chosen. */
export const shapes: Record<string, Record<string, string>> = {
  Reply: { error: "ErrorReply?", done: "Done?", status: "NodeStatus?", contacts: "[ContactView?", contact: "ContactView?", cases: "[CaseView?", case: "CaseView?", referrals: "[ReferralView?", referral: "ReferralView?", escalations: "[EscalationView?", escalation: "EscalationView?", links: "[LinkView?", auditVerified: "AuditVerified?", audit: "[AuditView?", feed: "[FeedView?", obsoletePassport: "d?", auditWitness: "AuditWitnessView?", auditAlarms: "[AuditAlarmView?", passportPiece: "PassportPiece?", attachments: "[AttachmentView?", attachmentPart: "AttachmentPart?", directory: "DirectoryView?", directoryAlarm: "DirectoryAlarmView?", link: "LinkDetail?", courier: "CourierPart?", courierTaken: "CourierTaken?", clocks: "[ClockView?", choices: "[ChoiceView?", rosters: "[RosterView?", policies: "[PolicyView?", preview: "Preview?", overrides: "[OverrideView?", override: "OverrideView?", erasures: "[ErasureView?", plugins: "[PluginView?", signIn: "SignInView?", enrolment: "EnrolmentView?", session: "SessionView?", accounts: "[AccountView?", invitation: "InvitationView?", queue: "QueueView?", staff: "[StaffView?", taxonomy: "TaxonomyView?", found: "[FoundView?", statistics: "StatisticsView?", form: "FormView?", queueChange: "QueueChange?", file: "FileView?", exposures: "[ExposureView?", sample: "[SampleView?", handover: "HandoverView?", partners: "[PartnerView?", glasses: "[GlassView?", backups: "BackupsView?", phones: "PhonesView?", phoneMade: "PhoneMade?", phoneBoard: "[PhoneAgentView?", filePart: "FilePart?" },
  ErrorReply: { code: "s", wrong: "s", mend: "s" },
  Done: { id: "s", state: "s", code: "s", note: "s" },
  ContactView: { id: "s", state: "s", channel: "s", urgency: "s", languages: "[s", createdAt: "s", openedBy: "s", case: "s", messageCount: "n", messages: "[MessageView", endReason: "s", waitingSince: "s", hints: "[HintView", draft: "s", presence: "s", hintUrgency: "s", notes: "[NoteView", joined: "[s", marks: "[s", setAside: "b", files: "[ContactFileView", earlier: "s" },
  ContactFileView: { id: "s", name: "s", mediaType: "s", bytes: "n", parts: "n", whole: "b", at: "s" },
  FilePart: { bytes: "d", part: "n", parts: "n", whole: "b" },
  NoteView: { at: "s", from: "s", to: "s", text: "s" },
  HintView: { id: "s", urgency: "s", label: "[Label", seq: "N", first: "n", length: "n", words: "s" },
  Label: { language: "s", text: "s" },
  MessageView: { seq: "N", at: "s", from: "s", text: "s", seen: "b", marks: "[s" },
  TimelineEntry: { at: "s", who: "s", what: "s", reason: "s", text: "s", receipt: "s" },
  CaseView: { id: "s", code: "s", status: "s", urgency: "s", createdAt: "s", assignedTo: "s", contacts: "[s", referrals: "[s", escalations: "[s", consents: "[s", timeline: "[TimelineEntry", closeReason: "s", updatedAt: "s", reasons: "[s", ageBand: "s", gender: "s", languages: "[s", hasSafetyPlan: "b", answers: "[Answer", sharedWith: "[s", glasses: "[GlassView", mine: "b" },
  GlassView: { case: "s", code: "s", by: "s", at: "s", until: "s", reason: "s" },
  Answer: { field: "s", values: "[s" },
  FormView: { version: "s", fields: "[FormViewField", own: "s" },
  FormViewField: { id: "s", type: "s", list: "s", en: "s", fr: "s", ar: "s", most: "n", needed: "b" },
  QueueView: { waiting: "[QueueViewPlace", open: "[ContactView", now: "s" },
  QueueViewPlace: { contact: "ContactView", reason: "s", waitedMs: "N", targetMs: "N" },
  QueueChange: { now: "s", version: "N", whole: "b", waiting: "n", open: "[ContactView", places: "[QueueViewPlace", order: "[s", talking: "[s", levels: "[QueueChangeLevel", longestMs: "N" },
  QueueChangeLevel: { urgency: "s", waiting: "n", over: "n" },
  StaffView: { name: "s", roles: "[s", atDesk: "b", open: "n", displayName: "s" },
  TaxonomyView: { name: "s", terms: "[TaxonomyViewTerm" },
  TaxonomyViewTerm: { id: "s", parent: "s", en: "s", fr: "s", ar: "s", flags: "[s" },
  FoundView: { contact: "s", case: "s", caseCode: "s", seq: "N", at: "s", from: "s", text: "s" },
  StatisticsView: { contacts: "N", rows: "[StatisticsViewRow", smallest: "n", hidden: "b" },
  StatisticsViewRow: { by: "s", key: "s", count: "N", hidden: "b", beside: "b" },
  FileView: { name: "s", mediaType: "s", text: "s" },
  PhonesView: { phones: "[PhoneView", ready: "b", reason: "s", since: "s", realm: "s", server: "s" },
  PhoneView: { name: "s", label: "s", createdAt: "s", reachableAt: "s" },
  PhoneMade: { name: "s", password: "s", realm: "s", server: "s" },
  PhoneAgentView: { who: "s", displayName: "s", state: "s", reason: "s", since: "s", contact: "s", device: "s", phones: "[PhoneView" },
  ExposureView: { who: "s", todayMinutes: "n", budgetMinutes: "n", stretchMinutes: "n", stretchMaxMinutes: "n", onBreak: "b", talkAsked: "b", over: "b", lent: "n" },
  SampleView: { id: "s", contact: "s", who: "s", channel: "s", endedAt: "s", drawnAt: "s", drawnBy: "s", judgedAt: "s", judgedBy: "s", marks: "[SampleViewMark", note: "s" },
  SampleViewMark: { id: "s", mark: "n" },
  HandoverView: { from: "s", until: "s", arrived: "n", ended: "n", longestWaitMs: "N", waiting: "[ContactView", open: "[ContactView", cases: "[CaseView", clocks: "[ClockView", overrides: "[OverrideView", health: "[s" },
  PartnerView: { id: "s", name: "[Label", instance: "s", state: "s" },
  SignInView: { ticket: "s", challenge: "s", relyingParty: "s" },
  EnrolmentView: { ticket: "s", challenge: "s", relyingParty: "s", userHandle: "s", name: "s", displayName: "s", totpSecret: "s", totpAddress: "s", credentials: "[s" },
  SessionView: { name: "s", displayName: "s", roles: "[s", language: "s", signedInAt: "s", endsAt: "s", idleMs: "N", confirmedAt: "s", how: "s", node: "s", country: "s", nodeName: "s" },
  AccountView: { name: "s", displayName: "s", roles: "[s", languages: "[s", active: "b", credentials: "[AccountViewCredential", hasPassword: "b", lastSignIn: "s", signedIn: "b", invitedUntil: "s", fixed: "b" },
  AccountViewCredential: { id: "s", label: "s", addedAt: "s", usedAt: "s" },
  InvitationView: { name: "s", code: "s", until: "s" },
  ReferralView: { id: "s", peer: "s", side: "s", state: "s", urgency: "s", kind: "s", case: "s", caseCode: "s", createdAt: "s", owners: "[s", eventsAsker: "n", eventsAsked: "n", timeline: "[TimelineEntry", request: "RequestView", dueAt: "s", clocks: "[ClockView", next: "s", previous: "s" },
  ChoiceView: { node: "s", fits: "b", reasons: "[s", words: "s", room: "n" },
  RosterView: { languages: "[s", ageBands: "[s", kinds: "[s", zone: "s", hours: "[s", capacity: "n", validUntil: "s", node: "s", number: "N", issuedAt: "s", open: "b" },
  ClockView: { what: "s", id: "s", peer: "s", state: "s", urgency: "s", case: "s", limit: "s", dueAt: "s", nextStep: "s", nextAt: "s", told: "[s", standsStill: "b" },
  RequestView: { fields: "[RequestViewField" },
  RequestViewField: { name: "s", value: "s", label: "s", shown: "s" },
  Preview: { request: "RequestView", to: "s", language: "s", bodyBytes: "n", entryBytes: "n", consentHash: "s", policy: "s", withheld: "[s" },
  OverrideView: { id: "s", case: "s", to: "s", items: "[s", reason: "s", state: "s", requestedBy: "s", requestedAt: "s", decidedBy: "s", decidedWhy: "s", decidedAt: "s", referral: "s", note: "s", narrative: "s" },
  ErasureView: { referral: "s", peer: "s", side: "s", state: "s", reason: "s", requestedAt: "s", answeredAt: "s", dueAt: "s", holdReason: "s", holdLaw: "s", keyHash: "s", entries: "n" },
  PolicyView: { name: "s", version: "n", issued: "s", covers: "[s", reviewed: "b", reviewedBy: "s", signers: "[s", installed: "b", text: "s" },
  AttachmentPart: { bytes: "d", size: "n" },
  AttachmentView: { id: "s", name: "s", bytes: "n", sha256: "s", direction: "s", at: "s", state: "s", chunksHeld: "n", chunks: "n", refused: "s" },
  EscalationView: { id: "s", case: "s", partner: "s", state: "s", urgency: "s", createdAt: "s", partnerReference: "s", timeline: "[TimelineEntry", dueAt: "s", clocks: "[ClockView" },
  NodeStatus: { node: "s", version: "s", healthy: "b", fault: "s", directoryVersion: "N", directoryState: "s", contactsWaiting: "n", plugins: "[PluginView", commits: "N", counters: "[NodeStatusCounter", endpoint: "s", auditChecked: "s", auditBad: "s", auditAlarms: "n", directoryExpires: "s", directoryOverrideUntil: "s", directoryAlarms: "N", clockWrong: "b", timeFloor: "s", revoked: "[s", policies: "[PolicyView" },
  NodeStatusCounter: { name: "s", count: "N" },
  PluginView: { instance: "s", plugin: "s", version: "s", state: "s", waiting: "n", kind: "s", run: "s", health: "s", healthReason: "s", crashes: "n", sandboxLacks: "s", transitions: "[PluginViewTransition", deadLetters: "[PluginViewDeadLetter", measures: "[NodeStatusCounter", grants: "[s", withheld: "[s", hash: "s", signer: "s" },
  PluginViewTransition: { at: "s", state: "s", reason: "s", how: "s" },
  PluginViewDeadLetter: { number: "N", subject: "s", createdAt: "s", attempt: "n" },
  LinkView: { peer: "s", up: "b", frozen: "s", lanes: "[LaneView" },
  LaneView: { lane: "s", sent: "N", receipted: "N", received: "N" },
  LinkDetail: { peer: "s", up: "b", heard: "b", lanes: "[LaneDetail", frozen: "s", frozenAt: "s", frozenBy: "s", reason: "s", evidenceLane: "s", heldHead: "s", shownHead: "s", resumeBy: "s", resumeAt: "s", resumeReason: "s" },
  LaneDetail: { lane: "s", sent: "N", receipted: "N", received: "N", ourHead: "s", theirHead: "s", recovered: "N", recovering: "N" },
  CourierPart: { frames: "[d", next: "N", size: "N", from: "s" },
  CourierTaken: { entries: "N" },
  BackupsView: { folder: "s", key: "s", everyHours: "n", keep: "n", running: "b", bytes: "N", fault: "s", made: "[BackupsViewBackup", late: "b" },
  BackupsViewBackup: { file: "s", at: "s", bytes: "N" },
  AuditVerified: { size: "N", root: "s", bad: "b", badIndex: "N", badWhat: "s", agreedSize: "N", agreedHolder: "s" },
  AuditWitnessView: { witnesses: "[AuditWitnessViewWitness", own: "[AuditWitnessViewOwn", seen: "[AuditWitnessViewSeen", checkedAt: "s", checkedSize: "N", checkedBadIndex: "N", checkedBad: "s" },
  AuditWitnessViewWitness: { node: "s", cosigned: "N" },
  AuditWitnessViewOwn: { size: "N", at: "s", head: "s" },
  AuditWitnessViewSeen: { node: "s", size: "N", at: "s", toldBy: "s", cosigned: "b", proven: "b", head: "s" },
  AuditAlarmView: { id: "s", at: "s", about: "s", kind: "s", toldBy: "s", first: "s", second: "s", repeats: "N", acknowledgedBy: "s" },
  PassportPiece: { offset: "N", total: "N", file: "d", bytes: "d" },
  AuditView: { number: "N", at: "s", actor: "s", role: "s", action: "s", subject: "s", reason: "s", result: "s" },
  FeedView: { sequence: "N", at: "s", name: "s", subject: "s", peer: "s", number: "N", who: "s" },
  DirectoryView: { state: "s", note: "s", timeFloor: "s", clockWrong: "b", notices: "[DirectoryViewNotice", alarms: "[DirectoryAlarmView", override: "DirectoryViewOverride" },
  DirectoryViewNotice: { node: "s", by: "s", reason: "s", issuedAt: "s", lapsesAt: "s", acts: "b" },
  DirectoryViewOverride: { askedBy: "s", agreedBy: "s", reason: "s", hours: "n", askedAt: "s", until: "s" },
  DirectoryAlarmView: { at: "s", version: "N", from: "s", held: "s", other: "s" },
};
