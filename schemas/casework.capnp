@0xb7c65d02e19f483a;
# What a helpline knows and says about a child's situation. ReferralEvent crosses between nodes; the
# records stay in the store, sealed. Words from a list (reasons, outcomes, age bands...) are Text ids
# of config/taxonomy; states are enums whose zero is refused. Times are milliseconds since 1970, UTC.

$import "/capnp/c++.capnp".namespace("sanad::schema");

enum Urgency { none @0; u0 @1; u1 @2; u2 @3; u3 @4; u4 @5; }

enum ReferralState {
  none @0;
  draft @1; consentCheck @2; sealed @3;                        # only at the asker, before anything is sent
  sent @4; undeliverable @5; delivered @6; underReview @7; infoRequested @8;
  accepted @9; inProgress @10; onHold @11; withdrawRequested @12;
  declined @13; redirected @14; completed @15; notCompleted @16; confirmed @17; closedUnconfirmed @18;
  withdrawn @19; expired @20; enteredInError @21;
  erasureRequested @22; erased @23; held @24;
}

enum ReferralEventKind {
  none @0;
  checkConsent @1; edit @2; seal @3;                           # the asker's own preparation, never sent
  request @4; information @5; withdraw @6; expire @7; enteredInError @8; confirm @9;
  closeUnconfirmed @10; erase @11;                             # by the asker
  review @12; ask @13; accept @14; decline @15; redirect @16; start @17; hold @18; resume @19;
  complete @20; notComplete @21; withdrawOk @22; erased @23; held @24;  # by the asked
  note @25;                                                    # by either; changes no state
  takeBack @26;  # by the asker's node, by itself: it has the child again that it had handed over
}

struct ReferralEvent {
  # One thing one side says about a referral: the payload of a wire Body of kind `referral`, whose
  # subject is the same id.
  referral @0 :Data;         # 16 bytes
  index @1 :UInt32;          # how many events of this referral its writer had written before
  seenOther @2 :UInt32;      # how many events of the other side it was based on
  atMs @3 :Int64;            # by the writer's clock: shown, never decides
  kind @4 :ReferralEventKind;
  reason @5 :Text;
  # withdraw: withdraw-reasons; decline, redirect: decline-reasons; complete, notComplete, confirm:
  # referral-outcome; held: legal-hold. Empty in every other kind.
  text @6 :Text;             # what a person wrote: information, ask, note, or a line beside a reason
  request @7 :ReferralRequest;  # kind `request` only
}

struct ReferralRequest {
  # The least that helps. What was not ticked is absent: an absent field is empty, or `none`.
  caseCode @0 :Text;         # the asker's word for the case; says nothing about the child
  kind @1 :Text;             # message-kinds
  urgency @2 :Urgency;
  ageBand @3 :Text;
  gender @4 :Text;
  languages @5 :List(Text);  # BCP 47
  locationCountry @6 :Text;  # ISO 3166-1 alpha-2, lower case
  locationRegion @7 :Text;
  reasons @8 :List(Text);    # chi-reasons or online-harm, the main one first
  narrative @9 :Text;        # redacted by a person before it leaves
  servicesRequested @10 :List(Text);
  servicesGiven @11 :List(Text);
  caregiverInformed @12 :Answer;
  caregiverSafeToContact @13 :Answer;
  unaccompanied @14 :Answer;
  safeContact @15 :SafeContact;
  consent @16 :ReferralConsent;
  transferBasis @17 :Text;
  replyByMs @18 :Int64;      # 0: none
}

enum Answer { none @0; yes @1; no @2; unknown @3; }

struct SafeContact {
  channel @0 :Text;
  times @1 :Text;
  codeWord @2 :Text;
  neverSay @3 :Text;
}

enum ConsentBy { none @0; child @1; caregiver @2; both @3; noneBestInterest @4; }

struct ReferralConsent {
  # The part of a consent that travels with what it allows.
  by @0 :ConsentBy;
  textHash @1 :Data;         # SHA-256 of the words that were read out or shown
  items @2 :List(Text);      # referral-items
  recipients @3 :List(Text); # node or partner ids
  withheld @4 :List(Withheld);
  expiresAtMs @5 :Int64;     # 0: with the referral
}

struct Withheld {
  item @0 :Text;
  reason @1 :Text;           # withheld-reasons
}

struct ConsentRecord {
  id @0 :Data;
  caseId @1 :Data;
  givenAtMs @2 :Int64;
  consent @3 :ReferralConsent;
  language @4 :Text;         # in which the words were said
  withdrawnAtMs @5 :Int64;   # 0: stands
  bestInterestReason @6 :Text;   # noneBestInterest only: why it was shared without consent
  approvers @7 :List(Text);  # noneBestInterest only: two different members of staff
  recordedBy @8 :Text;
}

enum Side { none @0; asker @1; asked @2; }

struct ReferralMark {
  # An event as the fold needs it; its full bytes are kept beside, under the referral's key.
  kind @0 :ReferralEventKind;
  seenOther @1 :UInt32;
  atMs @2 :Int64;
}

struct ReferralRecord {
  id @0 :Data;
  peer @1 :Text;             # the other node's id
  side @2 :Side;             # ours
  caseId @3 :Data;
  kind @4 :Text;             # message-kinds; "transfer" moves the child's case on acceptance
  urgency @5 :Urgency;
  asker @6 :List(ReferralMark);
  asked @7 :List(ReferralMark);
  storedAtMs @8 :Int64;      # when the asked side's receipt for the request came; 0: not yet
  state @9 :ReferralState;   # the fold's answer, kept for lists; before `request` the preparation's
  stepsDone @10 :UInt32;     # clocks.h
  createdAtMs @11 :Int64;
  updatedAtMs @12 :Int64;
  consentId @13 :Data;       # asker's side only
  caseCode @14 :Text;        # as in the request
  heard @15 :ReferralHeard;
  next @16 :Data;            # asker's side: the referral that followed this one; empty: none
  previous @17 :Data;        # asker's side: the one that this follows; empty: none
  timerMs @18 :Int64;        # the timer that is set for it; 0: none
}

struct ReferralHeard {
  # When this node learnt of what the clocks need, by its own clock. 0: not yet, or not now.
  requestedMs @0 :Int64;
  acceptedMs @1 :Int64;
  endedMs @2 :Int64;
  pausedSinceMs @3 :Int64;
  heldSinceMs @4 :Int64;
  pausedMs @5 :Int64;        # in all, before now
  heldMs @6 :Int64;
  holdOverTold @7 :Bool;
  consentCheckOverTold @8 :Bool;
}

enum ContactState { none @0; waiting @1; open @2; ended @3; }

enum ContactEventKind {
  none @0; arrived @1; opened @2; released @3; childMessage @4; staffMessage @5; urgency @6;
  ended @7; returned @8; result @9; linkedToCase @10; joined @11; noticed @12;
}

struct ContactEvent {
  index @0 :UInt32;
  atMs @1 :Int64;
  kind @2 :ContactEventKind;
  actor @3 :Text;            # a member of staff, or the channel's plugin instance
  text @4 :Text;             # messages only; an internal note is a CaseEvent and never stands here
  reason @5 :Text;
  # ended: contact-end; result: contact-result; urgency: why it was lowered; noticed: contact-marks
  urgency @6 :Urgency;
  messageKey @7 :Data;       # childMessage: 16 bytes chosen by the page, so that a repeat is known
  caseId @8 :Data;           # linkedToCase
  marks @9 :List(Text);      # childMessage, arrived, returned: contact-marks
}

struct ContactRecord {
  id @0 :Data;
  channel @1 :Text;          # taxonomy `channel`
  instance @2 :Text;         # the plugin instance that reaches the person
  languages @3 :List(Text);
  requester @4 :Text;
  urgency @5 :Urgency;
  state @6 :ContactState;
  createdAtMs @7 :Int64;
  waitingSinceMs @8 :Int64;
  updatedAtMs @9 :Int64;
  openedBy @10 :Text;
  endReason @11 :Text;
  result @12 :Text;
  caseId @13 :Data;
  events @14 :UInt32;        # how many ContactEvents there are
  topics @15 :List(Text);    # what the person ticked: chi-reasons or online-harm ids
  ageBand @16 :Text;
  joined @17 :List(Text);    # supervisors who write beside the one who has it
  marks @18 :List(Text);     # contact-marks: what its channel said of it
  setAside @19 :Bool;        # perhaps nobody in need: waits behind all others
  earlier @20 :Data;         # the contact whose return code this person has; empty: none
}

enum CaseStatus {
  none @0; open @1; inProgress @2; waitingChild @3; waitingPartner @4; supervisorReview @5;
  closed @6; reopened @7;
}

enum CaseEventKind {
  none @0; opened @1; status @2; urgency @3; note @4; assigned @5; contactAdded @6; consent @7;
  referral @8; escalation @9; details @10; safetyPlan @11; closed @12; reopened @13; action @14;
  shared @15; unshared @16;
}

struct CaseEvent {
  index @0 :UInt32;
  atMs @1 :Int64;
  kind @2 :CaseEventKind;
  actor @3 :Text;
  text @4 :Text;             # note, safetyPlan: internal, for staff only
  reason @5 :Text;           # closed: case-close; action: contact-action; others: in words
  status @6 :CaseStatus;
  urgency @7 :Urgency;
  subject @8 :Data;          # contact, consent, referral or escalation
}

struct CaseRecord {
  id @0 :Data;
  code @1 :Text;
  status @2 :CaseStatus;
  urgency @3 :Urgency;
  createdAtMs @4 :Int64;
  updatedAtMs @5 :Int64;
  assignedTo @6 :Text;
  languages @7 :List(Text);
  ageBand @8 :Text;
  gender @9 :Text;
  reasons @10 :List(Text);   # chi-reasons, at most 3, the main one first
  contacts @11 :List(Data);
  consents @12 :List(Data);
  referrals @13 :List(Data);
  escalations @14 :List(Data);
  hasSafetyPlan @15 :Bool;
  closeReason @16 :Text;
  events @17 :UInt32;
  sharedWith @18 :List(Text);  # who may open it beside the one who has it
}

enum EscalationState {
  none @0; raised @1; queued @2; sent @3; failed @4; acknowledged @5; inProgress @6; completed @7;
  declined @8;
}

enum EscalationEventKind {
  none @0; raised @1; queued @2; sent @3; failed @4; retried @5; acknowledged @6; inProgress @7;
  completed @8; declined @9; note @10;
}

struct EscalationEvent {
  index @0 :UInt32;
  atMs @1 :Int64;
  kind @2 :EscalationEventKind;
  actor @3 :Text;            # a member of staff, "node", or the partner's id
  reason @4 :Text;           # completed: referral-outcome; declined: decline-reasons
  text @5 :Text;
}

struct EscalationRecord {
  id @0 :Data;
  caseId @1 :Data;
  partner @2 :Text;
  urgency @3 :Urgency;
  state @4 :EscalationState;
  events @5 :List(EscalationMark);
  stepsDone @6 :UInt32;
  createdAtMs @7 :Int64;
  updatedAtMs @8 :Int64;
  consentId @9 :Data;
  summary @10 :Text;         # what the partner is told, as it was cut and confirmed
  partnerReference @11 :Text;  # the partner's own number for it, if it gave one
  clockFromMs @12 :Int64;    # as createdAtMs, unless the machine's clock was set back since
  timerMs @13 :Int64;        # the timer that is set for it; 0: none
}

struct EscalationMark {
  kind @0 :EscalationEventKind;
  atMs @1 :Int64;
}

struct Roster {
  # When a helpline is there for children of others: the payload of a wire Body of kind `roster`.
  number @0 :UInt64;         # from 1; the highest counts
  languages @1 :List(Text);  # BCP 47
  ageBands @2 :List(Text);   # age-band; none: every age
  kinds @3 :List(Text);      # message-kinds: overflow, referral...
  zone @4 :Text;             # IANA name, or GMT+hh:mm
  hours @5 :List(DutyHours);
  capacity @6 :UInt32;       # offers open at once
  issuedAtMs @7 :Int64;
  validUntilMs @8 :Int64;
}

struct DutyHours {
  day @0 :UInt8;             # 1 Monday .. 7 Sunday, local
  fromMinute @1 :UInt16;     # of the local day
  untilMinute @2 :UInt16;    # the first minute after it, at most 1440
}

enum ErasureKind { none @0; request @1; certificate @2; held @3; }

struct ErasureMessage {
  # About erasing one referral: the payload of a wire Body of kind `erasure`. It outlives the
  # referral's key, so it says nothing of the referral but its id.
  kind @0 :ErasureKind;
  referral @1 :Data;         # 16 bytes
  atMs @2 :Int64;
  reason @3 :Text;           # request: withdraw-reasons; held: legal-hold
  law @4 :Text;              # held: the rule that forbids erasing
  untilMs @5 :Int64;         # held: the date on which that ends
  keyHash @6 :Data;          # certificate: SHA-256 of the destroyed key's id
  entries @7 :UInt32;        # certificate: how many entries can be read no more
}

struct ErasureRecord {
  referral @0 :Data;
  peer @1 :Text;
  side @2 :UInt16;           # casework::ErasureSide
  state @3 :UInt16;          # casework::ErasureState
  reason @4 :Text;
  requestedAtMs @5 :Int64;
  answeredAtMs @6 :Int64;
  holdReason @7 :Text;
  holdLaw @8 :Text;
  holdUntilMs @9 :Int64;
  keyHash @10 :Data;
  entries @11 :UInt32;
  stepsDone @12 :UInt8;
}
