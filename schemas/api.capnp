@0xc5e08d3fa1274b69;
# The one door: every command and query of a node, each with the least role it needs. Desks, the
# command line and tests speak it; JSON is the same schema through Cap'n Proto's JSON codec, so ids are
# Text (UUIDs) and times are Text (RFC 3339, UTC). An empty Text means: not given.
#
# Over the local socket each message stands behind its length, u32 little-endian, at most 1 MiB.

$import "/capnp/c++.capnp".namespace("sanad::schema::api");

struct Request {
  version @0 :UInt16;                       # 1
  actor @1 :Text;                           # a member of staff of the node's configuration
  union {
    # --- queries
    nodeStatus @2 :Void;                    # any role
    contactList @3 :ContactList;            # volunteer
    contactShow @4 :Text;                   # volunteer; audited: it shows what was written
    caseList @5 :Void;                      # counsellor
    caseShow @6 :Text;                      # counsellor; audited
    referralList @7 :Void;                  # counsellor
    referralShow @8 :Text;                  # counsellor; audited
    escalationList @9 :Void;                # counsellor
    escalationShow @10 :Text;               # counsellor; audited
    linkList @11 :Void;                     # admin, supervisor
    auditVerify @12 :Void;                  # auditor
    auditExport @13 :AuditExport;           # auditor
    feedRead @14 :FeedRead;                 # any role
    obsoletePassportExport @15 :Text;

    # --- commands
    contactOpen @16 :Text;                  # volunteer: take it from the queue
    contactReply @17 :ContactReply;         # volunteer
    contactEnd @18 :ContactEnd;             # volunteer
    caseOpen @19 :CaseOpen;                 # counsellor: a case from a contact
    caseNote @20 :CaseNote;                 # counsellor
    consentRecord @21 :ConsentRecord;       # counsellor
    refer @22 :Refer;                       # counsellor: request another node's help
    referralMove @23 :ReferralMove;         # counsellor: everything either side may say afterwards
    escalate @24 :Escalate;                 # counsellor
    caseClose @25 :CaseClose;               # counsellor
    directoryInstall @26 :Text;             # admin: a newer directory, or a revocation, as a signed note

    auditWitness @27 :Void;                 # auditor, admin
    auditAlarms @28 :Void;                  # auditor, admin, supervisor
    auditAcknowledge @29 :Text;             # auditor: an alarm's id; audited
    passportPiece @30 :PassportPieceRequest;  # supervisor; audited
    attachmentList @31 :Text;               # counsellor: of a referral
    attachmentRead @32 :AttachmentRead;     # counsellor; audited
    attachmentAdd @33 :AttachmentAdd;       # counsellor: a file of text, in parts

    directoryShow @34 :Void;                # any role: what is in force, with what revokes and contradicts it
    directoryAlarm @35 :UInt32;             # admin, supervisor, auditor: both notes of one fork alarm, from 1
    directoryOverride @36 :DirectoryOverride;  # admin, supervisor: new referrals though the directory expired
    linkShow @37 :Text;                   # supervisor, admin, auditor: a node's id
    linkFreeze @38 :LinkReason;           # admin
    linkResume @39 :LinkReason;           # admin; two different ones
    linkRetry @40 :Text;                  # admin
    linkRecover @41 :Text;                # admin
    linkExport @42 :LinkExport;           # admin
    linkImport @43 :LinkImport;           # admin
    clockList @44 :Void;                     # counsellor: what is about to break, soonest first
    referralNext @45 :ReferralNext;          # counsellor: whom to ask in the place of a node that did not help
    rosterPublish @46 :RosterView;           # supervisor, admin: give our roster to all peers
    rosterList @47 :Void;                    # volunteer
    coverChoices @48 :Text;                  # volunteer: who could help this contact now
    coverOffer @49 :Text;                    # volunteer: offer the person the best open node
    coverAnswer @50 :CoverAnswer;            # volunteer: what the person chose

    # --- policy packs and consent
    policyList @51 :Void;                   # any role
    policyShow @52 :Text;                   # any role: a pack's name
    policyInstall @53 :Text;                # admin: a pack, as a signed note or as its bare text
    policyReload @54 :Void;                 # admin: read the packs again
    referPreview @55 :Refer;                # counsellor; audited: exactly what would leave
    overrideRequest @56 :OverrideRequest;   # counsellor: refer without consent; a second person decides
    overrideList @57 :Void;                 # supervisor
    overrideShow @58 :Text;                 # supervisor; audited: why confidentiality is broken
    overrideDecide @59 :OverrideDecide;     # supervisor, not the one who asked

    # --- recall and erasure
    consentWithdraw @60 :ConsentWithdraw;   # counsellor: takes back every referral under it
    erasureList @61 :Void;                  # counsellor
    erasureRequest @62 :ErasureRequest;     # counsellor: ask a peer to erase a referral of ours
    erasureAnswer @63 :ErasureAnswer;       # supervisor: erase, or name the law that forbids it
    caseErase @64 :CaseErase;               # supervisor, data_officer: twice, by two people
    storeCompact @65 :Void;                 # admin: so that what was erased is in no page of the store

    # --- plugins
    pluginList @66 :Text;                   # admin, supervisor: one instance, or all when empty
    pluginMove @67 :PluginMove;             # admin, supervisor
    pluginChange @68 :PluginChange;         # admin, supervisor: answered when it is done

    # --- who signs in at a desk; the first four are for people who are nobody yet
    signInStart @69 :Void;                  # nobody: a challenge for a passkey
    signInFinish @70 :SignInFinish;         # nobody
    enrolStart @71 :EnrolStart;             # nobody: with an administrator's one-time code
    enrolFinish @72 :EnrolFinish;           # nobody: signs in at once
    sessionShow @73 :Void;                  # any role: who is signed in
    sessionEnd @74 :Void;                   # any role
    sessionConfirm @75 :SignInFinish;       # any role: a fresh second factor, for what asks for one
    accountList @76 :Void;                  # admin, supervisor
    accountInvite @77 :AccountInvite;       # admin: a one-time code, for somebody new or for a new key
    accountChange @78 :AccountChange;       # admin

    # --- the desk
    queueShow @79 :Void;                    # volunteer: who waits, whoever is next first, and why
    contactRead @80 :ContactRead;           # volunteer; audited: what was written after a message
    contactRelease @81 :Text;               # volunteer: back into the queue
    contactUrgency @82 :ContactUrgency;     # volunteer
    contactDraft @83 :ContactDraft;         # volunteer: keeps what is being written, for its author
    contactTransfer @84 :ContactTransfer;   # volunteer
    staffList @85 :Void;                    # volunteer: colleagues, and who is at a desk now
    taxonomyShow @86 :Text;                 # any role: a list of words with its labels
    caseChange @87 :CaseChange;             # counsellor
    search @88 :Search;                     # counsellor; audited
    hintJudge @89 :HintJudge;               # volunteer: whether a hint was right
    statisticsShow @90 :StatisticsQuery;    # supervisor, data_officer: counts, never a person
    contactNote @91 :ContactNote;           # volunteer: among staff; no channel ever gets it
    formShow @92 :Void;                     # counsellor, admin: the case form
    caseAnswer @93 :CaseAnswer;             # counsellor
    formTry @94 :Text;                      # admin, supervisor: the form as this change of it would make it
    formInstall @95 :Text;                  # admin: the helpline's own change of it, in force at once
    queueWatch @96 :QueueWatch;             # volunteer: what changed since the queue was last read
    contactJoin @97 :Text;                  # supervisor: write beside the one who has it
    statisticsExport @98 :StatisticsExport; # supervisor, data_officer: a table for CHI or Insafe, as CSV
    exposureShow @99 :Void;                 # volunteer: their own; supervisor: everybody's
    exposureMark @100 :ExposureMark;        # volunteer; audited
    sampleDraw @101 :SampleDraw;            # supervisor; audited: ended conversations, drawn by lot
    sampleList @102 :Void;                  # volunteer: what was said of their own; supervisor: all that were drawn
    sampleJudge @103 :SampleJudge;          # supervisor; audited
    handoverShow @104 :UInt32;              # supervisor: the last so many hours, 1..72, for the next shift
    partnerList @105 :Void;                 # counsellor: whom an escalation can be sent to
    caseShare @106 :CaseShare;              # counsellor: with a colleague who may open it too
    glassBreak @107 :GlassBreak;            # counsellor: open a case that is a colleague's, for an hour
    glassList @108 :Void;                   # supervisor, data_officer, auditor: every time that somebody did
    backupMake @109 :Void;                  # admin: begin one now
    backupList @110 :Void;                  # admin

    # --- telephones, and files that came with a contact
    phoneList @111 :Void;                   # volunteer: their own telephones, and whether they take calls
    phoneAdd @112 :Text;                    # volunteer: what they call it, 0..64 bytes; its password is shown once
    phoneRemove @113 :Text;                 # volunteer: one of theirs; supervisor: anybody's. It ends at once
    phoneReady @114 :PhoneReady;            # volunteer: takes calls from now on, or pauses
    phoneBoard @115 :Void;                  # supervisor: who takes calls, and who talks with whom
    contactCall @116 :ContactCall;          # volunteer: rings the asker, and brings them and the person together
    callControl @117 :CallControl;          # volunteer; listen, whisper, barge_in and leave: supervisor
    contactFileRead @118 :ContactFileRead;  # volunteer; audited at its first part
  }
}

struct Reply {
  union {
    error @0 :ErrorReply;
    done @1 :Done;
    status @2 :NodeStatus;
    contacts @3 :List(ContactView);
    contact @4 :ContactView;
    cases @5 :List(CaseView);
    case @6 :CaseView;
    referrals @7 :List(ReferralView);
    referral @8 :ReferralView;
    escalations @9 :List(EscalationView);
    escalation @10 :EscalationView;
    links @11 :List(LinkView);
    auditVerified @12 :AuditVerified;
    audit @13 :List(AuditView);
    feed @14 :List(FeedView);
    obsoletePassport @15 :Data;
    auditWitness @16 :AuditWitnessView;
    auditAlarms @17 :List(AuditAlarmView);
    passportPiece @18 :PassportPiece;
    attachments @19 :List(AttachmentView);
    attachmentPart @20 :AttachmentPart;
    directory @21 :DirectoryView;
    directoryAlarm @22 :DirectoryAlarmView;
    link @23 :LinkDetail;
    courier @24 :CourierPart;
    courierTaken @25 :CourierTaken;
    clocks @26 :List(ClockView);
    choices @27 :List(ChoiceView);
    rosters @28 :List(RosterView);
    policies @29 :List(PolicyView);
    preview @30 :Preview;
    overrides @31 :List(OverrideView);
    override @32 :OverrideView;
    erasures @33 :List(ErasureView);
    plugins @34 :List(PluginView);
    signIn @35 :SignInView;
    enrolment @36 :EnrolmentView;
    session @37 :SessionView;
    accounts @38 :List(AccountView);
    invitation @39 :InvitationView;
    queue @40 :QueueView;
    staff @41 :List(StaffView);
    taxonomy @42 :TaxonomyView;
    found @43 :List(FoundView);
    statistics @44 :StatisticsView;
    form @45 :FormView;
    queueChange @46 :QueueChange;
    file @47 :FileView;
    exposures @48 :List(ExposureView);
    sample @49 :List(SampleView);
    handover @50 :HandoverView;
    partners @51 :List(PartnerView);
    glasses @52 :List(GlassView);
    backups @53 :BackupsView;
    phones @54 :PhonesView;
    phoneMade @55 :PhoneMade;
    phoneBoard @56 :List(PhoneAgentView);
    filePart @57 :FilePart;
  }
}

struct ErrorReply {
  code @0 :Text;       # never changes: "not_found", "denied", "consent_missing", ...
  wrong @1 :Text;      # one plain sentence: what is wrong
  mend @2 :Text;       # how to mend it
}

struct Done {
  id @0 :Text;         # of what was made or changed
  state @1 :Text;      # its state now
  code @2 :Text;       # a new case's code
  note @3 :Text;       # what else the person should know, such as which policy rules allowed it
}

# ------------------------------------------------------------------ contacts and cases

struct ContactList { all @0 :Bool; }        # with those that have ended

struct ContactReply {
  contact @0 :Text;
  text @1 :Text;       # 1..16,000 bytes
  key @2 :Text;        # 8..32 bytes: the same when the same reply is sent again, which changes nothing; may be empty
}

struct ContactEnd {
  contact @0 :Text;
  reason @1 :Text;     # contact-end
  result @2 :Text;     # contact-result, may be empty
}

struct CaseOpen {
  contact @0 :Text;
  urgency @1 :Text;    # U0..U4
  reasons @2 :List(Text);  # chi-reasons or online-harm, at most 3, the main one first
  ageBand @3 :Text;
  gender @4 :Text;
  languages @5 :List(Text);
}

struct CaseNote { case @0 :Text; text @1 :Text; }

struct CaseClose { case @0 :Text; reason @1 :Text; }

struct ConsentRecord {
  case @0 :Text;
  by @1 :Text;         # child, caregiver, both
  items @2 :List(Text);       # referral-items: each a field that may leave
  recipients @3 :List(Text);  # node or partner ids
  words @4 :Text;      # what was read out or shown; only its hash leaves
  language @5 :Text;
  expires @6 :Text;    # time, may be empty
}

struct ContactView {
  id @0 :Text;
  state @1 :Text;
  channel @2 :Text;
  urgency @3 :Text;
  languages @4 :List(Text);
  createdAt @5 :Text;
  openedBy @6 :Text;
  case @7 :Text;
  messageCount @8 :UInt32;
  messages @9 :List(MessageView);   # contactShow only
  endReason @10 :Text;
  waitingSince @11 :Text;
  hints @12 :List(HintView);        # queueShow, contactShow and contactRead
  draft @13 :Text;                  # contactShow and contactRead: what the asker was writing
  presence @14 :Text;               # here, left, quick_exit; empty: not known
  hintUrgency @15 :Text;            # the highest level that the hints suggest
  notes @16 :List(NoteView);        # contactShow and contactRead: all of them
  joined @17 :List(Text);           # supervisors who write beside the one who has it
  marks @18 :List(Text);            # contact-marks: what its channel said of it
  setAside @19 :Bool;               # perhaps nobody in need: waits behind all others
  files @20 :List(ContactFileView);  # contactShow and contactRead: all of them, the oldest first
  earlier @21 :Text;                # the contact whose return code this person has; empty: none
}

struct ContactFileView {
  # What came with a contact: a document of a mail, a recorded voice. Never a picture or a film.
  id @0 :Text;             # for contactFileRead
  name @1 :Text;           # as the sender called it, for people; may be empty
  mediaType @2 :Text;      # such as application/pdf; of a voice audio/PCMA: G.711 A-law at 8 kHz
  bytes @3 :UInt32;        # so far
  parts @4 :UInt32;
  whole @5 :Bool;          # false: its end is missing, so it is shown as cut
  at @6 :Text;
}

struct ContactFileRead {
  contact @0 :Text;
  file @1 :Text;
  part @2 :UInt32;         # from 0
}

struct FilePart {
  bytes @0 :Data;          # at most 16,384 bytes
  part @1 :UInt32;
  parts @2 :UInt32;        # of the file, so far
  whole @3 :Bool;
}

struct NoteView {
  at @0 :Text;
  from @1 :Text;
  to @2 :Text;             # a colleague who was asked; empty: for whoever works on it
  text @3 :Text;
}

struct HintView {
  # What a word list noticed in what a person wrote. It only ever points; people judge.
  id @0 :Text;             # of the hint's kind, such as "sextortion"
  urgency @1 :Text;        # that it suggests
  label @2 :List(Label);
  seq @3 :UInt64;          # the message
  first @4 :UInt32;        # bytes of its text that were noticed: from here
  length @5 :UInt32;
  words @6 :Text;          # the same bytes
}

struct Label { language @0 :Text; text @1 :Text; }

struct MessageView {
  seq @0 :UInt64;
  at @1 :Text;
  from @2 :Text;       # "person", the member of staff, or "channel": nobody wrote it, it has marks alone
  text @3 :Text;
  seen @4 :Bool;       # of the helpline's: shown to the person
  marks @5 :List(Text);  # contact-marks: what its channel says of it
}

struct TimelineEntry {
  at @0 :Text;
  who @1 :Text;        # a member of staff, a node, a partner
  what @2 :Text;       # the kind of event
  reason @3 :Text;
  text @4 :Text;
  receipt @5 :Text;    # of referrals: "receipted" once the peer's cosignature covers it, else "pending"
}

struct CaseView {
  id @0 :Text;
  code @1 :Text;
  status @2 :Text;
  urgency @3 :Text;
  createdAt @4 :Text;
  assignedTo @5 :Text;
  contacts @6 :List(Text);
  referrals @7 :List(Text);
  escalations @8 :List(Text);
  consents @9 :List(Text);
  timeline @10 :List(TimelineEntry);  # caseShow only
  closeReason @11 :Text;
  updatedAt @12 :Text;
  reasons @13 :List(Text);
  ageBand @14 :Text;
  gender @15 :Text;
  languages @16 :List(Text);
  hasSafetyPlan @17 :Bool;
  answers @18 :List(Answer);          # caseShow only
  sharedWith @19 :List(Text);         # who may open it beside the one who has it
  glasses @20 :List(GlassView);       # caseShow only: each time somebody else opened it
  mine @21 :Bool;                     # the asker may open it
}

struct CaseShare {
  case @0 :Text;
  with @1 :Text;           # a counsellor
  end @2 :Bool;            # no more
}

struct GlassBreak {
  case @0 :Text;
  reason @1 :Text;         # 20..400 bytes
}

struct GlassView {
  # Somebody opened a case that was not theirs. It stays in the case for ever.
  case @0 :Text;
  code @1 :Text;           # of the case
  by @2 :Text;
  at @3 :Text;
  until @4 :Text;
  reason @5 :Text;
}

struct Answer {
  field @0 :Text;
  values @1 :List(Text);   # none: nothing was answered, or it is taken away
}

struct CaseAnswer {
  case @0 :Text;
  answers @1 :List(Answer);  # to other fields, what was answered stays
}

struct FormView {
  version @0 :Text;
  fields @1 :List(Field);
  own @2 :Text;            # of formShow to an admin or supervisor: the helpline's change, as it is in force
  struct Field {
    id @0 :Text;
    type @1 :Text;         # choice, choices, line, text, number, date, truth
    list @2 :Text;         # of choice and choices: a taxonomy
    en @3 :Text;
    fr @4 :Text;
    ar @5 :Text;
    most @6 :UInt32;       # 0: as many as the type may have
    needed @7 :Bool;       # a case closes only with it
  }
}

# ------------------------------------------------------------------ the desk

struct QueueView {
  waiting @0 :List(Place);           # whoever is next first
  open @1 :List(ContactView);        # that somebody is talking with
  now @2 :Text;
  struct Place {
    contact @0 :ContactView;
    reason @1 :Text;                 # imminent_danger, waited_too_long, over_target, level, set_aside
    waitedMs @2 :UInt64;
    targetMs @3 :UInt64;             # how long its level may wait
  }
}

struct QueueWatch {
  known @0 :UInt64;        # the version that the asker got with the same limit; 0: none
  limit @1 :UInt32;        # how many of those who wait, whoever is next first; 1..500
}

struct QueueChange {
  now @0 :Text;
  version @1 :UInt64;                # for the next queueWatch; ends with the node's process
  whole @2 :Bool;                    # `places` and `open` are all there is: forget what was known
  waiting @3 :UInt32;                # how many wait, beyond the limit too
  open @4 :List(ContactView);        # of those who are talked with: the changed ones
  places @5 :List(QueueView.Place);  # of the first who wait: the changed ones
  order @6 :List(Text);              # the first who wait
  talking @7 :List(Text);            # all that are open
  levels @8 :List(Level);            # of all who wait, beyond the limit too: U0 to U4
  longestMs @9 :UInt64;              # how long whoever has waited longest has
  struct Level {
    urgency @0 :Text;                # that they are taken to have
    waiting @1 :UInt32;
    over @2 :UInt32;                 # of them: longer than their level may
  }
}

struct ContactRead { contact @0 :Text; after @1 :UInt64; }

struct ContactUrgency {
  contact @0 :Text;
  urgency @1 :Text;        # U0..U4
  reason @2 :Text;         # 1..400 bytes; must be given to lower a level
}

struct ContactDraft { contact @0 :Text; text @1 :Text; }  # empty: forget it

struct ContactNote {
  contact @0 :Text;
  text @1 :Text;           # 1..4,000 bytes
  to @2 :Text;             # a colleague whom it asks or tells something; may be empty
}

struct ContactTransfer {
  contact @0 :Text;
  to @1 :Text;             # a member of staff
  reason @2 :Text;
}

struct StaffView {
  name @0 :Text;
  roles @1 :List(Text);
  atDesk @2 :Bool;         # signed in now
  open @3 :UInt32;         # contacts they are talking with
  displayName @4 :Text;
}

struct TaxonomyView {
  name @0 :Text;
  terms @1 :List(Term);
  struct Term {
    id @0 :Text;
    parent @1 :Text;       # empty: top
    en @2 :Text;
    fr @3 :Text;
    ar @4 :Text;
    flags @5 :List(Text);
  }
}

struct CaseChange {
  # What is empty stays as it is.
  case @0 :Text;
  urgency @1 :Text;        # U0..U4
  reason @2 :Text;         # of a lower level, of a reopening; in words
  status @3 :Text;         # case-status
  reasons @4 :List(Text);  # chi-reasons or online-harm, at most 3, the main one first
  ageBand @5 :Text;
  gender @6 :Text;
  languages @7 :List(Text);
  assignTo @8 :Text;       # a member of staff
  safetyPlan @9 :Text;     # for staff
  action @10 :Text;        # contact-action: what was done
}

struct Search {
  words @0 :Text;          # 1..200 bytes; all of them must be there, a last one may be a beginning
  limit @1 :UInt32;        # 1..100
}

struct FoundView {
  contact @0 :Text;
  case @1 :Text;
  caseCode @2 :Text;
  seq @3 :UInt64;          # the newest message that has one of the words; of a note: 0
  at @4 :Text;
  from @5 :Text;           # person, or the member of staff
  text @6 :Text;           # of that message, at most 300 bytes around the first word
}

struct HintJudge {
  contact @0 :Text;
  hint @1 :Text;           # its id
  right @2 :Bool;
}

struct StatisticsQuery {
  from @0 :Text;           # a day, 2026-01-31
  until @1 :Text;          # the last day that counts
  by @2 :List(Text);
  # day, hour, channel, language, urgency, end, outcome, action, wait, group, reason, harm, age, gender,
  # requester, service; none: all
}

struct StatisticsView {
  contacts @0 :UInt64;
  rows @1 :List(Row);
  smallest @2 :UInt32;     # a count under it is not told
  hidden @3 :Bool;         # so few contacts that not even their number is told
  struct Row {
    by @0 :Text;
    key @1 :Text;          # a day, an hour, minutes of waiting, or an id of a list; "none": not written down
    count @2 :UInt64;
    hidden @3 :Bool;       # too small to be told: count is 0
    beside @4 :Bool;       # hidden with others, at least one of which is too small: not said which
  }
}

struct StatisticsExport {
  table @0 :Text;          # chi_year, bik_quarter
  period @1 :Text;         # 2026, or 2026-Q1
}

struct FileView {
  name @0 :Text;           # such as chi-2026.csv
  mediaType @1 :Text;
  text @2 :Text;           # at most 900 KiB
}

# ------------------------------------------------------------------ telephones of the staff

struct PhonesView {
  phones @0 :List(PhoneView);    # of whoever asks
  ready @1 :Bool;                # takes calls
  reason @2 :Text;               # phone-pause: why not; empty: they have not begun
  since @3 :Text;                # of either; empty: since the node began
  realm @4 :Text;                # what a SIP telephone calls the realm of its password
  server @5 :Text;               # where it registers, of the node's configuration; may be empty
}

struct PhoneView {
  name @0 :Text;                 # its user name at the node, such as d-ab12cd34
  label @1 :Text;                # what its owner calls it
  createdAt @2 :Text;
  reachableAt @3 :Text;          # when the phone channel last said that it can be rung; empty: not yet
}

struct PhoneMade {
  name @0 :Text;
  password @1 :Text;             # this once: nobody can read it again
  realm @2 :Text;
  server @3 :Text;
}

struct PhoneReady {
  ready @0 :Bool;
  reason @1 :Text;               # of a pause: phone-pause
}

struct PhoneAgentView {
  # A member of staff who has a telephone.
  who @0 :Text;
  displayName @1 :Text;
  state @2 :Text;                # ready, ringing, talking, after_call, paused
  reason @3 :Text;               # paused: phone-pause; empty: they have not begun
  since @4 :Text;                # of the state; empty: since the node began
  contact @5 :Text;              # ringing, talking, after_call: with whom
  device @6 :Text;               # the same: on which telephone
  phones @7 :List(PhoneView);
}

struct ContactCall {
  contact @0 :Text;              # waits on the line, or asked to be called back
  device @1 :Text;               # one of the asker's; empty: the one that was reachable last
}

struct CallControl {
  contact @0 :Text;              # that is talked with by telephone
  act @1 :Text;                  # hang_up, hold, resume, transfer · supervisor: listen, whisper, barge_in, leave
  to @2 :Text;                   # of transfer: a member of staff; of a supervisor's acts: their own telephone,
                                 # empty: the one that was reachable last
}

# ------------------------------------------------------------------ what a shift needs

struct ExposureView {
  # How long somebody has worked on severe content. It tells how much, never what.
  who @0 :Text;
  todayMinutes @1 :UInt32;
  budgetMinutes @2 :UInt32;      # a day
  stretchMinutes @3 :UInt32;     # since the last break
  stretchMaxMinutes @4 :UInt32;
  onBreak @5 :Bool;
  talkAsked @6 :Bool;            # they want to talk about it with somebody
  over @7 :Bool;                 # nothing severe is given to them
  lent @8 :UInt32;               # minutes that a supervisor has added today
}

struct ExposureMark {
  who @0 :Text;            # empty: the asker. Another one: a supervisor's, for talked and lend
  what @1 :Text;           # break_begin, break_end, talk_ask, talked, lend
  minutes @2 :UInt32;      # of lend: 1..60
}

struct SampleDraw {
  days @0 :UInt32;         # that ended in the last so many: 1..90
  count @1 :UInt32;        # 1..20
  who @2 :Text;            # of one member of staff; empty: of all
}

struct SampleView {
  id @0 :Text;
  contact @1 :Text;
  who @2 :Text;            # whose conversation it was
  channel @3 :Text;
  endedAt @4 :Text;
  drawnAt @5 :Text;
  drawnBy @6 :Text;
  judgedAt @7 :Text;       # empty: not yet
  judgedBy @8 :Text;
  marks @9 :List(Mark);
  note @10 :Text;
  struct Mark { id @0 :Text; mark @1 :UInt32; }  # in quality-marks; 1..5
}

struct SampleJudge {
  id @0 :Text;
  marks @1 :List(SampleView.Mark);
  note @2 :Text;           # for the colleague it is about, 0..2,000 bytes
}

struct HandoverView {
  from @0 :Text;
  until @1 :Text;
  arrived @2 :UInt32;      # contacts
  ended @3 :UInt32;
  longestWaitMs @4 :UInt64;
  waiting @5 :List(ContactView);
  open @6 :List(ContactView);
  cases @7 :List(CaseView);            # open ones that are U0 or U1, or changed since `from`
  clocks @8 :List(ClockView);          # that run out in the next 24 hours
  overrides @9 :List(OverrideView);    # that nobody has decided
  health @10 :List(Text);              # codes of what is red
}

struct PartnerView {
  id @0 :Text;
  name @1 :List(Label);
  instance @2 :Text;       # the plugin that reaches it,
  state @3 :Text;          # and how that is: running, ...
}

# ------------------------------------------------------------------ people and their keys

# Bytes of WebAuthn (W3C, Level 2) are base64url texts without padding.

struct SignInView {
  ticket @0 :Text;         # for signInFinish, once, within 5 minutes
  challenge @1 :Text;
  relyingParty @2 :Text;   # the domain that passkeys are for; empty: this node takes none
}

struct SignInFinish {
  ticket @0 :Text;
  union {
    passkey @1 :PasskeyAssertion;
    password @2 :PasswordAnswer;
  }
}

struct PasskeyAssertion {
  credential @0 :Text;
  clientData @1 :Text;
  authenticatorData @2 :Text;
  signature @3 :Text;
  userHandle @4 :Text;
}

struct PasswordAnswer {
  name @0 :Text;
  password @1 :Text;
  code @2 :Text;           # six digits of the authenticator app; any script's digits
}

struct EnrolStart {
  name @0 :Text;
  code @1 :Text;           # of accountInvite or `sanad user invite`
}

struct EnrolmentView {
  ticket @0 :Text;         # for enrolFinish, within 15 minutes
  challenge @1 :Text;
  relyingParty @2 :Text;
  userHandle @3 :Text;
  name @4 :Text;
  displayName @5 :Text;
  totpSecret @6 :Text;     # base32, for who takes a password instead
  totpAddress @7 :Text;    # otpauth://...
  credentials @8 :List(Text);  # that the person has already
}

struct EnrolFinish {
  ticket @0 :Text;
  union {
    passkey @1 :PasskeyAttestation;
    password @2 :PasswordAnswer;
  }
}

struct PasskeyAttestation {
  clientData @0 :Text;
  authenticatorData @1 :Text;
  label @2 :Text;          # what its owner calls it; at most 64 bytes
}

struct SessionView {
  name @0 :Text;
  displayName @1 :Text;
  roles @2 :List(Text);
  language @3 :Text;       # of the console
  signedInAt @4 :Text;
  endsAt @5 :Text;         # whatever happens
  idleMs @6 :UInt64;       # without a request it ends after so long
  confirmedAt @7 :Text;    # when a second factor was last shown
  how @8 :Text;            # passkey, password
  node @9 :Text;
  country @10 :Text;
  nodeName @11 :Text;
}

struct AccountView {
  name @0 :Text;
  displayName @1 :Text;
  roles @2 :List(Text);
  languages @3 :List(Text);
  active @4 :Bool;
  credentials @5 :List(Credential);
  hasPassword @6 :Bool;
  lastSignIn @7 :Text;
  signedIn @8 :Bool;
  invitedUntil @9 :Text;   # a one-time code waits
  fixed @10 :Bool;         # of node.toml: its roles are changed there
  struct Credential { id @0 :Text; label @1 :Text; addedAt @2 :Text; usedAt @3 :Text; }
}

struct AccountInvite {
  name @0 :Text;           # 1..64 bytes; somebody who is there gets a code for one more key
  displayName @1 :Text;
  roles @2 :List(Text);
  languages @3 :List(Text);
}

struct InvitationView {
  name @0 :Text;
  code @1 :Text;           # empty: a second administrator has to ask for the same until then
  until @2 :Text;
}

struct AccountChange {
  name @0 :Text;
  what @1 :Text;           # roles, languages, display_name, disable, enable, forget_key, forget_password
  values @2 :List(Text);   # of what: the roles, the languages, the name, the credential's id
}

# ------------------------------------------------------------------ referrals

struct Refer {
  case @0 :Text;
  to @1 :Text;             # a node id
  kind @2 :Text;           # message-kinds; empty: referral
  urgency @3 :Text;        # empty: the case's
  consent @4 :Text;        # a consent record of the case; empty: its newest
  transferBasis @5 :Text;
  narrative @6 :Text;      # redacted by the one who sends
  servicesRequested @7 :List(Text);
  servicesGiven @8 :List(Text);
  locationRegion @9 :Text;
  safeContactChannel @10 :Text;
  safeContactTimes @11 :Text;
  codeWord @12 :Text;
  neverSay @13 :Text;
  redactionConfirmed @14 :Bool;
  replyBy @15 :Text;
}

struct ReferralMove {
  referral @0 :Text;
  move @1 :Text;
  # by the asked: review, ask, accept, decline, redirect, start, hold, resume, complete, not_complete,
  # withdraw_ok · by the asker: information, withdraw, confirm · by either: note
  reason @2 :Text;         # decline-reasons, referral-outcome, withdraw-reasons: where the move wants one
  text @3 :Text;
}

struct ReferralView {
  id @0 :Text;
  peer @1 :Text;
  side @2 :Text;           # asker, asked
  state @3 :Text;
  urgency @4 :Text;
  kind @5 :Text;
  case @6 :Text;
  caseCode @7 :Text;
  createdAt @8 :Text;
  owners @9 :List(Text);   # who is responsible now: node ids, never none
  eventsAsker @10 :UInt32;
  eventsAsked @11 :UInt32;
  timeline @12 :List(TimelineEntry);  # referralShow only
  request @13 :RequestView;           # referralShow only
  dueAt @14 :Text;                    # the next step of its clock
  clocks @15 :List(ClockView);         # the limits that run, the earliest first
  next @16 :Text;                      # asker: the referral that followed this one
  previous @17 :Text;                  # asker: the one that this follows
}

struct ReferralNext {
  referral @0 :Text;
  to @1 :Text;             # a node id; empty: show who could be asked
  confirmed @2 :Bool;      # a person has read what leaves, and to whom
}

struct ChoiceView {
  # A node that could help, the best first.
  node @0 :Text;
  fits @1 :Bool;           # nothing speaks against it
  reasons @2 :List(Text);  # codes, such as "open", "other_language", "full"
  words @3 :Text;          # the same in one sentence
  room @4 :UInt32;         # offers it could still take; 0 without a roster
}

struct CoverAnswer {
  contact @0 :Text;
  answer @1 :Text;         # go_on, wait, leave_message
}

struct RosterView {
  # When a node is there for children of others. Of rosterPublish: what comes before `node`.
  languages @0 :List(Text);
  ageBands @1 :List(Text); # none: every age
  kinds @2 :List(Text);    # message-kinds; none: overflow
  zone @3 :Text;           # IANA name, or GMT+hh:mm
  hours @4 :List(Text);    # "mon-fri 20:00-08:00"
  capacity @5 :UInt32;     # offers open at once
  validUntil @6 :Text;
  node @7 :Text;
  number @8 :UInt64;       # rises with each publication
  issuedAt @9 :Text;
  open @10 :Bool;          # now
}

struct ClockView {
  # One limit that runs.
  what @0 :Text;           # clockList: referral, escalation
  id @1 :Text;             # clockList: of it
  peer @2 :Text;
  state @3 :Text;
  urgency @4 :Text;
  case @5 :Text;
  limit @6 :Text;          # stored, seen, accepted, begun, acted
  dueAt @7 :Text;          # the whole of the limit
  nextStep @8 :Text;       # half, full, twice; empty: all were told
  nextAt @9 :Text;
  told @10 :List(Text);    # the steps that were told
  standsStill @11 :Bool;   # paused: dueAt moves on while it lasts
}

struct RequestView {
  # What was disclosed, as it crossed.
  fields @0 :List(Field);
  struct Field {
    name @0 :Text;
    value @1 :Text;
    label @2 :Text;        # of a preview: the name in the receiver's language
    shown @3 :Text;        # of a preview: the value in the receiver's language, where it is from a list
  }
}

struct Preview {
  # What `refer` with the same words would send, read back from the very bytes.
  request @0 :RequestView;
  to @1 :Text;
  language @2 :Text;       # of the labels: the receiver's first, as the directory has it
  bodyBytes @3 :UInt32;    # of the message before it is sealed
  entryBytes @4 :UInt32;   # of the sealed and padded entry: what a wire shows
  consentHash @5 :Text;    # SHA-256 of the consent's words, hexadecimal: it travels with the request
  policy @6 :Text;         # the rules that allow it
  withheld @7 :List(Text); # items that the consent does not name, and that stay here
}

struct OverrideRequest {
  refer @0 :Refer;         # with a transfer basis that is no consent
  items @1 :List(Text);    # referral-items that would be told
  reason @2 :Text;         # in one sentence
  note @3 :Text;           # why we broke confidentiality: at least 20 bytes; for supervisors
}

struct OverrideDecide {
  override @0 :Text;
  approve @1 :Bool;        # true sends it at once
  reason @2 :Text;         # must be given to refuse
}

struct OverrideView {
  id @0 :Text;
  case @1 :Text;
  to @2 :Text;
  items @3 :List(Text);
  reason @4 :Text;
  state @5 :Text;          # pending, approved, refused
  requestedBy @6 :Text;
  requestedAt @7 :Text;
  decidedBy @8 :Text;
  decidedWhy @9 :Text;
  decidedAt @10 :Text;
  referral @11 :Text;
  note @12 :Text;          # overrideShow only
  narrative @13 :Text;     # overrideShow only
}

# ------------------------------------------------------------------ recall and erasure

struct ConsentWithdraw {
  case @0 :Text;
  consent @1 :Text;        # empty: the case's newest
}

struct ErasureRequest {
  referral @0 :Text;
  reason @1 :Text;         # withdraw-reasons
}

struct ErasureAnswer {
  referral @0 :Text;
  erase @1 :Bool;          # false: it is held
  reason @2 :Text;         # held: legal-hold
  law @3 :Text;            # held: the rule that forbids it
  until @4 :Text;          # held: the date on which that ends
}

struct CaseErase {
  case @0 :Text;
  reason @1 :Text;         # by the first person
  confirm @2 :Bool;        # by the second
}

struct ErasureView {
  referral @0 :Text;
  peer @1 :Text;
  side @2 :Text;           # requester: we asked · holder: they asked us
  state @3 :Text;          # erasure_requested, erased, held
  reason @4 :Text;
  requestedAt @5 :Text;
  answeredAt @6 :Text;
  dueAt @7 :Text;          # of the answer; or the end of the hold
  holdReason @8 :Text;
  holdLaw @9 :Text;
  keyHash @10 :Text;       # of the certificate, hexadecimal
  entries @11 :UInt32;     # that can be read no more
}

# ------------------------------------------------------------------ policy

struct PolicyView {
  name @0 :Text;
  version @1 :UInt32;
  issued @2 :Text;
  covers @3 :List(Text);
  reviewed @4 :Bool;       # signed by the key of node.toml that a lawyer has read it
  reviewedBy @5 :Text;
  signers @6 :List(Text);
  installed @7 :Bool;      # by an administrator; else it came with the software
  text @8 :Text;           # policyShow only: in plain words
}

struct AttachmentAdd {
  referral @0 :Text;
  upload @1 :Text;         # empty at the first part; then what the first answer's id said
  name @2 :Text;           # 1..120 bytes, one line
  offset @3 :UInt32;       # of this part in the file
  bytes @4 :Data;          # 1..786,432 bytes
  last @5 :Bool;           # with it the file is complete: it is judged, and sent or refused
}

struct AttachmentRead {
  referral @0 :Text;
  attachment @1 :Text;
  offset @2 :UInt32;
}

struct AttachmentPart {
  bytes @0 :Data;          # from the offset on, at most 786,432 bytes
  size @1 :UInt32;         # of the whole file
}

struct AttachmentView {
  id @0 :Text;
  name @1 :Text;
  bytes @2 :UInt32;
  sha256 @3 :Text;         # hexadecimal
  direction @4 :Text;      # out, in
  at @5 :Text;
  state @6 :Text;          # under_way, complete, refused; lost: not in the backup, add it again
  chunksHeld @7 :UInt32;
  chunks @8 :UInt32;
  refused @9 :Text;        # what it was instead of text: image, video, archive, ...
}

# ------------------------------------------------------------------ escalations

struct Escalate {
  case @0 :Text;
  partner @1 :Text;        # a partner of the node's configuration
  urgency @2 :Text;        # empty: the case's
  consent @3 :Text;
  summary @4 :Text;        # what the partner is told
  redactionConfirmed @5 :Bool;
  transferBasis @6 :Text;  # transfer-basis; empty: same_jurisdiction
}

struct EscalationView {
  id @0 :Text;
  case @1 :Text;
  partner @2 :Text;
  state @3 :Text;
  urgency @4 :Text;
  createdAt @5 :Text;
  partnerReference @6 :Text;
  timeline @7 :List(TimelineEntry);
  dueAt @8 :Text;
  clocks @9 :List(ClockView);
}

# ------------------------------------------------------------------ the node

struct NodeStatus {
  node @0 :Text;
  version @1 :Text;
  healthy @2 :Bool;
  fault @3 :Text;
  directoryVersion @4 :UInt64;
  directoryState @5 :Text;   # none, valid, expired_soft, expired_hard
  contactsWaiting @6 :UInt32;
  plugins @7 :List(PluginView);
  commits @8 :UInt64;
  counters @9 :List(Counter);
  endpoint @10 :Text;        # where peers dial us, with the real port
  auditChecked @11 :Text;    # when the whole audit log was last read again; empty: not yet
  auditBad @12 :Text;        # what was wrong with it then, and with which entry; empty: nothing
  auditAlarms @13 :UInt32;   # open ones: see auditAlarms of Request
  directoryExpires @14 :Text;
  directoryOverrideUntil @15 :Text;  # until then new referrals leave although it expired long ago
  directoryAlarms @16 :UInt64;       # fork alarms ever raised
  clockWrong @17 :Bool;              # the clock says less than timeFloor, which the stewards have signed
  timeFloor @18 :Text;
  revoked @19 :List(Text);           # nodes that a notice puts out until the stewards meet
  policies @20 :List(PolicyView);
  struct Counter { name @0 :Text; count @1 :UInt64; }
}

struct PluginView {
  instance @0 :Text;
  plugin @1 :Text;
  version @2 :Text;
  state @3 :Text;
  waiting @4 :UInt32;        # items in its outbox that will be given to it
  # What follows only in an answer to pluginList.
  kind @5 :Text;             # channel, partner, storage, desk, assist
  run @6 :Text;              # isolated, inprocess
  health @7 :Text;           # unknown, ok, degraded, failed
  healthReason @8 :Text;     # the plugin's own code
  crashes @9 :UInt32;        # lately: those that count towards a quarantine
  sandboxLacks @10 :Text;    # parts that this machine lacks, with commas
  transitions @11 :List(Transition);   # the newest last
  deadLetters @12 :List(DeadLetter);
  measures @13 :List(NodeStatus.Counter);  # what it counts itself, since the node began
  grants @14 :List(Text);    # what it may do
  withheld @15 :List(Text);  # what its manifest asks for and nobody has given it
  hash @16 :Text;            # SHA-256 of its file, in hexadecimal digits
  signer @17 :Text;          # whose signature its file has; empty: this node asks for none
  struct Transition {
    at @0 :Text;
    state @1 :Text;
    reason @2 :Text;         # requested, automatic, crash, hang, bad_message, forbidden, check_failed
    how @3 :Text;            # such as SIGSEGV; may be empty
  }
  struct DeadLetter {
    # What the plugin's process ended with three times: for a person to look at.
    number @0 :UInt64;       # for pluginMove
    subject @1 :Text;        # the contact or escalation
    createdAt @2 :Text;
    attempt @3 :UInt32;      # tries
  }
}

struct PluginMove {
  instance @0 :Text;
  move @1 :Text;             # resume: end a quarantine; retry, drop: a dead letter
  number @2 :UInt64;         # of the dead letter
}

struct PluginChange {
  # Changes of one plugin are done one after the other.
  instance @0 :Text;
  what @1 :Text;             # enable, disable, reload, rollback
}

struct LinkView {
  peer @0 :Text;
  up @1 :Bool;
  frozen @2 :Text;
  lanes @3 :List(LaneView);
}

struct LaneView {
  lane @0 :Text;
  sent @1 :UInt64;           # entries of our log
  receipted @2 :UInt64;      # of them, under the peer's cosignature
  received @3 :UInt64;       # entries of the peer's log that we hold
}

struct LinkReason { peer @0 :Text; reason @1 :Text; }  # reason 1..400 bytes, for the audit

struct LinkDetail {
  peer @0 :Text;
  up @1 :Bool;
  heard @2 :Bool;            # the peer has said where it stands since this process began
  lanes @3 :List(LaneDetail);
  frozen @4 :Text;           # a code; empty: it is not frozen
  frozenAt @5 :Text;
  frozenBy @6 :Text;
  reason @7 :Text;
  evidenceLane @8 :Text;     # of the two heads below
  heldHead @9 :Text;         # signed notes that contradict each other: what we hold,
  shownHead @10 :Text;       # and what was shown to us
  resumeBy @11 :Text;        # the first administrator who wants to go on, within 24 hours
  resumeAt @12 :Text;
  resumeReason @13 :Text;
}

struct LaneDetail {
  lane @0 :Text;
  sent @1 :UInt64;
  receipted @2 :UInt64;
  received @3 :UInt64;
  ourHead @4 :Text;          # signed notes: our newest head with the peer's receipt under it,
  theirHead @5 :Text;        # and the peer's newest head
  recovered @6 :UInt64;      # of our own log that the peer gives back
  recovering @7 :UInt64;     # 0: nothing is missing
}

struct LinkExport {
  peer @0 :Text;
  lane @1 :Text;             # empty: the greeting and our receipts
  first @2 :UInt64;
  unheard @3 :Bool;          # although the peer was not heard since this process began
}

struct CourierPart {
  frames @0 :List(Data);     # as they cross a connection
  next @1 :UInt64;           # where the next part begins
  size @2 :UInt64;           # of our log
  from @3 :Text;             # this node
}

struct LinkImport { from @0 :Text; to @1 :Text; frame @2 :Data; }
struct CourierTaken { entries @0 :UInt64; }  # that were new here

struct BackupsView {
  folder @0 :Text;
  key @1 :Text;              # the half of the key that this node has; empty: it makes no backups
  everyHours @2 :UInt32;     # 0: only when somebody asks
  keep @3 :UInt32;           # how many files stay
  running @4 :Bool;
  bytes @5 :UInt64;          # written so far, of the one that runs
  fault @6 :Text;            # why the last one failed; empty: it did not
  made @7 :List(Backup);     # the newest first
  late @8 :Bool;             # the newest is older than two rounds, or there is none
  struct Backup { file @0 :Text; at @1 :Text; bytes @2 :UInt64; }
}

struct AuditVerified {
  size @0 :UInt64;
  root @1 :Text;
  bad @2 :Bool;              # then the two that follow say which entry is the first bad one, and why
  badIndex @3 :UInt64;
  badWhat @4 :Text;
  agreedSize @5 :UInt64;     # the newest signed head that the log agrees with
  agreedHolder @6 :Text;     # who holds it beside this node
}

struct AuditWitnessView {
  witnesses @0 :List(Witness);
  own @1 :List(Own);         # the newest 24
  seen @2 :List(Seen);       # of other nodes; the newest 200
  checkedAt @3 :Text;        # the last nightly walk
  checkedSize @4 :UInt64;
  checkedBadIndex @5 :UInt64;
  checkedBad @6 :Text;       # empty: nothing is wrong

  struct Witness { node @0 :Text; cosigned @1 :UInt64; }
  struct Own { size @0 :UInt64; at @1 :Text; head @2 :Text; }
  struct Seen {
    node @0 :Text;
    size @1 :UInt64;
    at @2 :Text;
    toldBy @3 :Text;
    cosigned @4 :Bool;       # by this node
    proven @5 :Bool;         # to have grown out of an older one
    head @6 :Text;
  }
}

struct AuditAlarmView {
  id @0 :Text;
  at @1 :Text;
  about @2 :Text;            # whose audit log
  kind @3 :Text;
  toldBy @4 :Text;
  first @5 :Text;            # both signed heads, whole
  second @6 :Text;
  repeats @7 :UInt64;
  acknowledgedBy @8 :Text;   # empty: open
}

struct PassportPieceRequest {
  referral @0 :Text;
  offset @1 :UInt64;         # 0: make it now
  file @2 :Data;             # of the first piece; from the second on
}

struct PassportPiece {
  offset @0 :UInt64;
  total @1 :UInt64;          # bytes of the whole file, at most 16 MiB
  file @2 :Data;             # SHA-256 of the whole file
  bytes @3 :Data;
}
struct AuditExport { first @0 :UInt64; limit @1 :UInt32; }
struct AuditView {
  number @0 :UInt64;
  at @1 :Text;
  actor @2 :Text;
  role @3 :Text;
  action @4 :Text;
  subject @5 :Text;
  reason @6 :Text;
  result @7 :Text;
}

struct FeedRead {
  after @0 :UInt64;
  limit @1 :UInt32;          # 1..1,000
  waitMs @2 :UInt32;         # wait so long for the first one, at most 30,000
}
struct FeedView {
  sequence @0 :UInt64;
  at @1 :Text;
  name @2 :Text;
  subject @3 :Text;
  peer @4 :Text;
  number @5 :UInt64;
  who @6 :Text;              # the members of staff it is for, with commas; empty: whoever it concerns
}

# ------------------------------------------------------------------ the directory

struct DirectoryView {
  state @0 :Text;            # none, valid, expired_soft, expired_hard
  note @1 :Text;             # as it was signed
  timeFloor @2 :Text;
  clockWrong @3 :Bool;
  notices @4 :List(Notice);
  alarms @5 :List(DirectoryAlarmView);  # without their notes: directoryAlarm has them
  override @6 :Override;
  struct Notice {
    node @0 :Text;
    by @1 :Text;
    reason @2 :Text;
    issuedAt @3 :Text;
    lapsesAt @4 :Text;
    acts @5 :Bool;           # false: a later directory has ended it
  }
  struct Override {
    askedBy @0 :Text;        # empty: there is none
    agreedBy @1 :Text;       # empty: a second person must agree first
    reason @2 :Text;
    hours @3 :UInt32;
    askedAt @4 :Text;
    until @5 :Text;
  }
}

struct DirectoryAlarmView {
  at @0 :Text;
  version @1 :UInt64;
  from @2 :Text;             # who brought the second one
  held @3 :Text;             # the note that was in force
  other @4 :Text;            # the note that contradicts it, signed by enough stewards as well
}

struct DirectoryOverride {
  action @0 :Text;           # ask, agree, end
  reason @1 :Text;           # of ask: 1..500 bytes
  hours @2 :UInt32;          # of ask: 1..72
}
