#include "core/api/error_reply.h"

#include "core/base/message.h"
#include "core/federation/policies.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sanad::api {
namespace {

struct Sentence {
    std::string_view code, wrong, mend;
};

constexpr auto sentences = std::to_array<Sentence>({
    {"role_missing", "your role does not allow this", "ask somebody whose role does"},
    {"actor_unknown", "this name is not on the staff list",
     "use --as with a name of [[staff]] in node.toml, or of an account that is active"},
    {"sign_in_failed", "this is not right, or it was tried too often",
     "look at what you typed, wait a minute and try again, or use a passkey"},
    {"signed_out", "nobody is signed in here", "sign in"},
    {"signed_in", "somebody is signed in here", "sign out first"},
    {"desk_only", "this is asked at a desk, by the person who signs in there",
     "open the address of the desk"},
    {"ticket_expired", "this page has waited too long", "begin again"},
    {"confirm_needed", "this wants to know once more who you are",
     "show your passkey, or your password and code"},
    {"user_not_verified", "the passkey has not checked who you are",
     "use one with a fingerprint, a face or a PIN"},
    {"passkeys_off", "passkeys are not set up at this node",
     "an administrator sets [accounts] in node.toml"},
    {"passkeys_full", "you have 16 passkeys already", "ask an administrator to remove one"},
    {"passkey_known", "this passkey is known here already", "sign in with it"},
    {"password_common", "this password is made of words that are tried first",
     "take a sentence of your own, of four or more words"},
    {"code_wrong", "the six digits are not right", "look at the app again, and at its clock"},
    {"roles_fixed", "the roles of this person stand in node.toml", "change them there"},
    {"not_yourself", "nobody changes this about themselves", "ask another administrator"},
    {"account_disabled", "this account is disabled", "enable it first: sanad user enable"},
    {"consent_missing", "nobody has consented to this yet",
     "record a consent first: sanad consent record --help"},
    {"consent", "the consent does not allow this", "record a consent that does"},
    {"recipient", "the consent does not name this recipient", "record a consent that names it"},
    {"withdrawn", "the consent was withdrawn", "ask again, and record a new consent"},
    {"redaction_unconfirmed", "nobody has confirmed that the text was redacted",
     "read it once more without names and places, then add --redacted"},
    {"not_in_this_state", "this is not possible in its present state",
     "look at its timeline first"},
    {"nobody_open", "no other node that fits is open now", "see why: sanad cover who CONTACT"},
    {"not_confirmed", "nobody has confirmed this",
     "look at what leaves and to whom, then add --confirm"},
    {"followed_already", "another node was asked in its place already",
     "look at it: it names the referral that followed"},
    {"already_ended", "it has ended already", "look at its timeline"},
    {"withdraw_pending", "the asker wants it back",
     "answer that first: withdraw_ok, or complete it"},
    {"wrong_side", "this is for the other node to say", "look who asked and who was asked"},
    {"not_yours", "a colleague has this conversation", "speak with the colleague named in it"},
    {"not_by_phone", "this person did not come by telephone", "write to them"},
    {"phone_busy", "that telephone rings or is used in a call", "end that call first, or wait"},
    {"phone_missing", "there is no telephone of theirs at this node", "add one: sanad phone add"},
    {"callback_unwanted", "nobody asked to be called back",
     "wait until they call again: somebody else may answer there"},
    {"callbacks_used_up", "this person was called back three times already",
     "wait until they call again"},
    {"first_part_missing", "a file is read from its first part on", "open it again"},
    {"backup_key_missing", "this node has no key to seal backups to",
     "make one on another machine (sanad backup key FILE), and write its other half to [backup]"},
    {"case_not_yours", "a colleague has this case",
     "ask them to share it; when a child cannot wait, open it with a reason of one sentence"},
    {"exposure_over", "the day's time for severe content is used up",
     "let a colleague take it, or ask a supervisor to lend minutes"},
    {"their_own", "only they can say this of themselves", "ask them"},
    {"own_work", "nobody judges their own conversation", "leave it to another supervisor"},
    {"safety_plan_missing", "an emergency closes only with a safety plan",
     "write the safety plan first"},
    {"answer_missing", "the case form has a field that a closed case needs",
     "answer it in the form first"},
    {"period_too_long", "the period is longer than 400 days", "ask for a shorter one"},
    {"period_backwards", "the last day is before the first", "exchange them"},
    {"note_missing", "why confidentiality is broken must be written down",
     "write it in --why, at least a sentence"},
    {"second_person", "who asked for it cannot decide it", "ask a supervisor who is somebody else"},
    {"basis_is_consent", "without consent, consent cannot be the legal basis",
     "name another one with --basis, such as save_life"},
    {"case_open", "only a closed case is erased", "close it first: sanad case close"},
    {"erased", "it was erased", "nothing of it is left here; see: sanad erasure list"},
    {"reason_missing", "a reason is wanted here", "say why in --reason"},
    {"partner_unknown", "there is no partner of that name", "see [[partner]] in node.toml"},
    {"node_unknown", "no active node of that name is in the directory",
     "see: sanad directory show"},
    {"media_refused", "this is no plain text, so nothing of it was kept but its size and hash",
     "send the address, not the picture; write down in words what it shows"},
    {"attachment_under_way", "the file has not arrived whole yet", "try again in a moment"},
    {"attachments_full", "a referral takes 16 files, and this one has them", "make it one file"},
    {"directory_expired", "the directory expired long ago, so no new referral leaves",
     "ask the stewards for the next one, or see: sanad directory override --help"},
    {"directory_older", "this directory is older than the one in force",
     "look at both: sanad directory diff"},
    {"directory_skips_a_change", "the stewards changed, and a directory between is missing",
     "install the ones between first, one after the other"},
    {"directory_fork", "another directory of this version is in force, and both are signed",
     "trust neither; both are kept: sanad directory alarms, and speak with the stewards"},
    {"not_expired", "there is nothing to override", "see: sanad status"},
    {"same_person", "who asked for it cannot agree to it", "ask a colleague"},
    {"revocation_lapsed", "this notice has lapsed after 72 hours", "the stewards decide now"},
    {"revocation_of_older_keys", "the node has newer keys than this notice is about",
     "look at the directory: sanad directory show"},
    {"link_frozen", "the link is frozen", "see sanad link show, and sanad link resume --help"},
    {"link_recovering", "our own log has lost its end, and the peer has to give it back first",
     "wait for a connection with it: sanad link show"},
    {"link_not_heard", "the peer has not said since this start where it stands",
     "import a file from it first, or add --unheard if no backup was restored here"},
    {"courier_for_another", "this file is for another node", "give it to the node it names"},
    {"gap", "entries before these are missing here", "import the file with the earlier ones first"},
    {"other_root", "the entries and the signed head of this file do not belong together",
     "have it exported again"},
    {"before_hello", "the file does not begin with a greeting", "have it exported again"},
    {"unproven_position", "the file claims what this node never signed", "tell the other side"},
    {"second_person_missing", "you have said so already",
     "a second administrator runs the same command within 24 hours"},
    {"policy_older", "a newer version of this pack is in force, or another text of this version",
     "give the pack a higher version"},
    {"not_found", "there is nothing of that name", "list what is there and use its id"},
    {"conflict", "it exists already, or was changed meanwhile", "look at it again, then repeat"},
    {"denied", "the rules do not allow this", "look at its timeline"},
    {"invalid", "a value is missing or outside its range", "see --help for what is allowed"},
    {"unsupported", "a word is not in its list, or this version does not know it",
     "see config/taxonomy for the words"},
    {"malformed", "it is not in the form it should have", "see --help"},
    {"bad_size", "it is too short or too long", "see --help for the limits"},
    {"expired", "it is too late for this, or too early", "look at the dates"},
    {"exhausted", "a limit is reached: the disk, a queue or a count", "see: sanad status"},
    {"busy", "the node has too much to do just now", "try again in a moment"},
    {"closed", "the node is stopping, or its store has failed",
     "see: sanad status, and the node's log"},
    {"io", "the disk or the system failed; nothing was stored",
     "see the node's log and: sanad doctor"},
    {"untrusted", "it is signed by a key that is not accepted here",
     "check the stewards: sanad directory show"},
    {"bad_signature", "a signature or seal does not hold",
     "do not use it; keep it, and tell the other side"},
});

bool is_slug(std::string_view text) {
    return !text.empty() && text.size() <= 40 &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

struct PolicyParts {
    std::string rule, says, mend;
};

// `policy_denied|rule|what is wrong|how to mend it`: federation::policy_detail() wrote it.
std::optional<PolicyParts> policy_parts(const Error& error) {
    std::string_view rest = error.detail;
    if (error.fault != Fault::denied || !rest.starts_with(federation::policy_denied)) return {};
    std::array<std::string_view, 4> parts;
    for (auto& part : parts) {
        const auto end = &part == &parts.back() ? rest.npos : rest.find('|');
        part = rest.substr(0, end);
        if (end == rest.npos) break;
        rest.remove_prefix(end + 1);
    }
    return PolicyParts{std::string(parts[1]), std::string(parts[2]), std::string(parts[3])};
}

const Sentence* find(std::string_view code) {
    const auto found = std::ranges::find(sentences, code, &Sentence::code);
    return found == sentences.end() ? nullptr : &*found;
}

}  // namespace

std::string code_of(const Error& error) {
    if (policy_parts(error)) return std::string(federation::policy_denied);
    const bool rule =
        (error.fault == Fault::denied || error.fault == Fault::expired) && is_slug(error.detail);
    return rule ? error.detail : name(error.fault);
}

void fill(schema::api::ErrorReply::Builder reply, const Error& error) {
    if (const auto parts = policy_parts(error)) {
        reply.setCode(to_text(std::string(federation::policy_denied)));
        reply.setWrong(
            to_text("the policy rule " + parts->rule + " does not allow this: " + parts->says));
        reply.setMend(to_text(parts->mend));
        return;
    }
    if (error.detail.starts_with(form_problem)) {
        reply.setCode("form_invalid");
        reply.setWrong(to_text(error.detail.substr(form_problem.size())));
        reply.setMend("correct that place of the form, and look at it again");
        return;
    }
    const std::string code = code_of(error);
    const Sentence* sentence = find(code);
    if (sentence == nullptr) sentence = find(name(error.fault));
    std::string wrong(sentence->wrong);
    // What the detail names is a field or a rule, where it is one word; anything longer is for the
    // log.
    if (is_slug(error.detail) && error.detail != code) wrong += " (" + error.detail + ")";
    reply.setCode(to_text(code));
    reply.setWrong(to_text(wrong));
    reply.setMend(to_text(std::string(sentence->mend)));
}

}  // namespace sanad::api
