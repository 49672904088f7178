// An agent as it is stored: PhoneAgentRecord of schemas/accounts.capnp.
#include "core/base/message.h"
#include "core/casework/call_routing.h"
#include "schemas/accounts.capnp.h"

#include <algorithm>

namespace sanad::casework {
namespace {

void encode(schema::PhoneCallRecord::Builder out, const PhoneCall& call) {
    out.setContact(to_data(call.contact));
    out.setDevice(to_text(call.device));
    out.setSinceMs(call.since.ms);
    out.setOverAtMs(call.over_at.ms);
    out.setHandedOver(call.handed_over);
}

Result<ContactId> contact_from(capnp::Data::Reader data) {
    if (data.size() == 0) return ContactId{};
    return id_from<ContactId>({data.begin(), data.size()});
}

Result<PhoneCall> decode(schema::PhoneCallRecord::Reader in) {
    const auto contact = contact_from(in.getContact());
    if (!contact) return std::unexpected(contact.error());
    return PhoneCall{*contact,
                     from_text(in.getDevice()),
                     {in.getSinceMs()},
                     {in.getOverAtMs()},
                     in.getHandedOver()};
}

}  // namespace

Bytes write_record(const PhoneAgent& agent) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::PhoneAgentRecord>();
    out.setName(to_text(agent.name));
    out.setReady(agent.ready);
    out.setReason(to_text(agent.reason));
    out.setSinceMs(agent.since.ms);
    out.setMissedInRow(agent.missed_in_row);
    out.setPassedOver(to_data(agent.passed_over));
    out.setPassedOverAtMs(agent.passed_over_at.ms);
    out.setIdleSinceMs(agent.idle_since.ms);
    if (agent.ringing) encode(out.initRinging(), *agent.ringing);
    if (agent.talking) encode(out.initTalking(), *agent.talking);
    return flatten(builder);
}

Result<PhoneAgent> read_phone_agent(ByteView bytes) {
    return read_message<schema::PhoneAgentRecord>(bytes, [](auto in) -> Result<PhoneAgent> {
        PhoneAgent agent;
        agent.name = from_text(in.getName());
        agent.ready = in.getReady();
        agent.reason = from_text(in.getReason());
        agent.since = {in.getSinceMs()};
        agent.missed_in_row = in.getMissedInRow();
        const auto passed_over = contact_from(in.getPassedOver());
        if (!passed_over) return std::unexpected(passed_over.error());
        agent.passed_over = *passed_over;
        agent.passed_over_at = {in.getPassedOverAtMs()};
        agent.idle_since = {in.getIdleSinceMs()};
        for (const bool rings : {true, false}) {
            if (rings ? !in.hasRinging() : !in.hasTalking()) continue;
            auto call = decode(rings ? in.getRinging() : in.getTalking());
            if (!call) return std::unexpected(call.error());
            (rings ? agent.ringing : agent.talking) = std::move(*call);
        }
        return agent;
    });
}

}  // namespace sanad::casework
