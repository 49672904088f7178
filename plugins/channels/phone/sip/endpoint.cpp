#include "plugins/channels/phone/sip/endpoint.h"

#include "plugins/channels/phone/sip/exchange.h"

namespace sanad::phone {

Endpoint::Endpoint(EndpointSettings settings)
    : exchange_(std::make_unique<Exchange>(std::move(settings))) {}
Endpoint::~Endpoint() { stop(); }

std::optional<std::string> Endpoint::start(LineEvents& events) { return exchange_->start(events); }
void Endpoint::stop() { exchange_->stop(); }
Ports Endpoint::ports() const { return exchange_->ports(); }
Quality Endpoint::quality(LegId leg) const { return exchange_->quality(leg); }
bool Endpoint::trunk_registered() const { return exchange_->trunk_registered(); }

void Endpoint::post(std::function<void()> work) { exchange_->loop().post(std::move(work)); }
void Endpoint::after(std::chrono::milliseconds wait, std::function<void()> work) {
    exchange_->loop().after(wait, std::move(work));
}
void Endpoint::answer(LegId leg) { exchange_->answer(leg); }
void Endpoint::refuse(LegId leg, Refusal why) { exchange_->refuse(leg, why); }
void Endpoint::play(LegId leg, std::uint32_t id, std::vector<std::shared_ptr<const Prompt>> prompts,
                    bool loop) {
    exchange_->play(leg, id, std::move(prompts), loop);
}
void Endpoint::stop_playing(LegId leg) { exchange_->stop_playing(leg); }
void Endpoint::listen(LegId leg, bool on) { exchange_->listen(leg, on); }
void Endpoint::part(LegId leg) { exchange_->part(leg); }
void Endpoint::hang_up(LegId leg) { exchange_->hang_up(leg); }
std::vector<std::string> Endpoint::devices() const { return exchange_->devices(); }
LegId Endpoint::ring(const std::string& device, const std::string& words,
                     std::chrono::seconds at_most) {
    return exchange_->ring(device, words, at_most);
}
LegId Endpoint::call_out(const CallOut& to, std::chrono::seconds at_most) {
    return exchange_->call_out(to, at_most);
}
void Endpoint::join(LegId person, LegId device) { exchange_->join(person, device); }
void Endpoint::take_part(LegId person, LegId supervisor, Part part) {
    exchange_->take_part(person, supervisor, part);
}

}  // namespace sanad::phone
