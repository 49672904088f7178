#pragma once

#include "core/api/outward.h"
#include "core/casework/clocks.h"
#include "core/casework/escalation.h"
#include "core/federation/on_call.h"
#include "core/store/feed.h"
#include "core/store/records.h"
#include "core/store/timers.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sanad::api {

inline constexpr std::uint16_t escalation_timer = 2;  // store::Timer::kind of escalation clocks

/// The escalations of this node: urgent requests to partners, each with a clock that runs.
class Escalations {
public:
    static constexpr std::size_t reference_bytes = 16;
    static constexpr std::size_t status_key_bytes_min = 8;
    static constexpr std::size_t status_key_bytes_max = 64;

    /// All of it outlives the escalations.
    struct Parts {
        store::Records& records;
        store::Timers& timers;
        store::Feed& feed;
        const casework::Taxonomies& taxonomies;
        const casework::Clocks& clocks;
        Entropy& entropy;
        Outward& outward;
        federation::OnCall* on_call = nullptr;  // null: alarms name nobody
    };
    static Result<std::unique_ptr<Escalations>> open(store::Store& store, Parts parts);

    // ------------------------------------------------------------------ engine

    /// Raises it and hands it to the partner's plugin `instance`. `view` is the JSON object of what
    /// a person chose to disclose. The caller has checked consent.
    Result<casework::Escalation> raise(store::Draft& draft, casework::Escalation escalation,
                                       const std::string& instance, const std::string& view,
                                       const std::string& actor, Time now);

    /// What became of the delivery. `reference` is the partner's own name for it, may be empty.
    Result<void> delivered(store::Draft& draft, const EscalationId& id,
                           casework::EscalationEventKind kind, const std::string& partner_reference,
                           const std::string& reason, Time now);

    struct Reported {
        casework::Escalation escalation;
        bool duplicate = false;
    };
    /// What the partner says of it. The same key again changes nothing.
    /// errors  not_found: no such matter, or it is over and gone · denied, bad_size, malformed
    Result<Reported> report(store::Draft& draft, ByteView reference, ByteView key,
                            casework::EscalationEventKind kind, const std::string& note, Time now);

    /// The steps of its clock that are due, each told once; also after this machine's clock was set
    /// back.
    Result<void> on_timer(store::Draft& draft, const EscalationId& id, Time now);

    // ------------------------------------------------------------------ any

    Result<casework::Escalation> find(store::Snapshot& from, const EscalationId& id);
    Result<std::vector<casework::Escalation>> list(store::Snapshot& from, std::uint32_t limit);
    Result<std::vector<casework::EscalationEvent>> events(store::Snapshot& from,
                                                          const EscalationId& id);

    struct View {
        casework::Escalation escalation;
        std::string json;
    };
    /// What the partner may see again. errors  not_found
    Result<View> view(store::Snapshot& from, ByteView reference);

    explicit Escalations(Parts parts) : parts_(parts) {}

private:
    Result<void> say(store::Draft& draft, casework::Escalation& escalation,
                     casework::EscalationActor actor, casework::EscalationEvent event, Time now);
    Result<EscalationId> by_reference(store::Snapshot& from, ByteView reference);
    Result<void> tell_step(store::Draft& draft, const casework::Escalation& escalation,
                           const casework::DueStep& step, Time now);
    /// Stores the escalation, with the timer for the next step of its clock.
    Result<void> keep(store::Draft& draft, casework::Escalation& escalation, Time now);

    Parts parts_;
    store::SealedTable escalations_;  // id -> EscalationRecord
    store::SealedTable events_;       // id, index -> EscalationEvent
    store::SealedTable references_;   // SHA-256 of the reference -> id
    store::SealedTable views_;        // id -> the view's JSON
    store::SealedTable keys_;         // id, SHA-256 of a status key -> nothing
};

}  // namespace sanad::api
