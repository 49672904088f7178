#pragma once

#include "core/api/service.h"
#include "core/base/message.h"
#include "tests/support/federation_node.h"
#include "tests/support/wire.h"
#include "tests/support/world.h"

#include <capnp/serialize.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

// A helpline without threads: a federating node and the one door to it, with the shipped lists of
// words and the shipped policy packs.
namespace sanad::support {

casework::Taxonomies shipped_taxonomies();
federation::PolicySet shipped_policies();

/// Where the people of a test sign in.
api::SignInPlace desk_place();

/// A reply of the door, kept readable.
class Reply {
public:
    explicit Reply(Bytes bytes);
    schema::api::Reply::Reader operator*();
    /// The code of an error; empty: none.
    std::string error();
    std::string wrong();
    std::string mend();
    /// The id of what was made.
    std::string id();

private:
    kj::Array<capnp::word> words_;
    std::unique_ptr<capnp::FlatArrayMessageReader> reader_;
};

/// A message that a child writes in a chat.
inline api::Contacts::Message chat_message(std::string_view conversation, std::string_view key,
                                           std::string text, std::string language) {
    return {Bytes(conversation.begin(), conversation.end()), Bytes(key.begin(), key.end()),
            std::move(text), std::move(language)};
}

/// Two counsellors, amina and karim, one supervisor, salma, and nadia for the rest.
class Helpline final : public api::NodeControl, private api::Outward {
public:
    Helpline(Machine& machine, const Surroundings& around, federation::Transport& transport,
             federation::Policies& policies, const Between& between = {},
             const api::SignInPlace& place = desk_place());

    using Fill = std::function<void(schema::api::Request::Builder)>;
    /// Asks as `actor` and works until it is answered.
    Reply ask(const std::string& actor, const Fill& fill);

    /// A child writes, in the conversation of that name, as through a plugin; what is noticed is
    /// kept. returns  the contact
    ContactId write(const std::string& conversation, const std::string& text);
    /// Lets the index of words catch up.
    void index();
    /// A case of a child who wrote, with `narrative` never in it. returns  its id
    std::string open_case();
    /// errors as the door's: the reply
    Reply consent(const std::string& case_id, const std::vector<std::string>& items,
                  const std::vector<std::string>& recipients);

    api::Outward& outward() { return *this; }
    /// What the phone channel was asked for.
    struct CallAsked {
        ContactId contact;
        std::string device;
        Bytes return_address;
        std::optional<api::CallAct> act;  // none: to connect
    };
    std::vector<CallAsked> calls;

    casework::Form case_form;  // as an administrator wrote it
    std::shared_ptr<const casework::Form> form() override {
        return std::make_shared<const casework::Form>(case_form);
    }
    Facts facts() override { return {}; }
    std::vector<federation::Links::Status> links() override { return node.links->status(); }
    Result<federation::DirectoryBook::Outcome> install_directory(store::Draft&, const std::string&,
                                                                 const std::string&,
                                                                 Time) override {
        return fail(Fault::denied, "a test");
    }
    void with_links(std::function<void(federation::Links&)> work) override { work(*node.links); }
    Result<std::string> install_policy(const std::string&) override {
        return fail(Fault::denied, "a test");
    }
    Result<std::string> reload_policies() override { return std::string(); }
    void compact_soon() override {}

private:
    Result<void> deliver(store::Draft&, const casework::Contact&, const api::Reach&,
                         const api::ChatMessage&, Time) override {
        return {};
    }
    Result<void> connect(store::Draft&, const casework::Contact& contact, const api::Reach& reach,
                         const std::string& device, Time) override {
        calls.push_back({contact.id, device, reach.return_address, {}});
        return {};
    }
    Result<void> control(store::Draft&, const casework::Contact& contact, const api::Reach& reach,
                         api::CallAct act, const std::string& device, Time) override {
        calls.push_back({contact.id, device, reach.return_address, act});
        return {};
    }
    Result<void> dispatch(store::Draft&, const std::string&, const casework::Escalation&, ByteView,
                          const std::string&, Time) override {
        return {};
    }

    /// Opens the accounts of the node as soon as it has its records.
    Between with_accounts(Between between);

    const Clock& clock_;
    std::uint32_t children_ = 0;

public:
    trust::SymmetricKey index_key;
    std::unique_ptr<api::Accounts> accounts;
    std::unique_ptr<api::Sessions> sessions;
    FederationNode node;
    std::unique_ptr<store::Outbox> outbox;
    federation::Peers nobody{federation::PeerTable{}};  // what the empty book puts in force
    std::unique_ptr<federation::DirectoryBook> book;
    casework::Lexicon lexicon;
    std::unique_ptr<api::Contacts> contacts;
    std::unique_ptr<api::Hints> hints;
    std::unique_ptr<api::ContactFiles> files;
    std::unique_ptr<api::Board> board;
    std::unique_ptr<api::Cases> cases;
    std::unique_ptr<api::Statistics> statistics;
    trust::SymmetricKey search_key;
    std::unique_ptr<store::SearchIndex> search;
    std::unique_ptr<api::SearchIndexer> indexer;
    std::unique_ptr<api::Escalations> escalations;
    std::unique_ptr<api::Cover> cover;
    std::unique_ptr<api::Overrides> overrides;
    std::unique_ptr<api::BreakGlass> break_glass;
    std::unique_ptr<api::Exposures> exposures;
    std::unique_ptr<api::Samples> samples;
    std::unique_ptr<api::Phones> phones;
    std::unique_ptr<api::Switchboard> switchboard;
    std::optional<api::Service> service;
};

}  // namespace sanad::support
