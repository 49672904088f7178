#include "plugins/channels/phone/sip/voice.h"

#include "plugins/channels/phone/sip/reception.h"
#include "plugins/channels/phone/sip/sip_text.h"
#include "plugins/channels/phone/sip/srtp_keys.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <re.h>

namespace sanad::phone {
namespace {

constexpr char plain_sound[] = "RTP/AVP", keyed_sound[] = "RTP/SAVP";
constexpr int pcmu = 0, pcma = 8;
constexpr std::size_t packet_bytes = RTP_HEADER_SIZE + payload_bytes_max + 64;  // and its tag

udp_sock* socket(void* opaque) { return static_cast<udp_sock*>(opaque); }

// A format's name is optional for the numbers that RFC 3551 has given away.
bool is_named(const sdp_format& format, const char* name, int type) {
    return format.name ? str_casecmp(format.name, name) == 0 : format.pt == type;
}

}  // namespace

struct Voice::Parts {
    Far far{};
    Secrecy secrecy{};
    Handlers handlers;
    Handle<mbuf> packet;
    Handle<sdp_session> session;
    sdp_media* media = nullptr;  // of the session
    Handle<struct rtp_sock> sound;
    SrtpKeys keys;  // after the sockets: their helpers go first
    Reception reception;

    sa remote{};
    bool agreed = false, latched = false, talkspurt = true, reports = false;
    Law law = Law::a;
    int event_type = -1;
    std::uint32_t timestamp = rand_u32(), samples_sent = 0;
    std::uint64_t sent = 0, refused = 0;
    std::chrono::milliseconds heard{};

    bool describe_ourselves(const sa& address);
    bool agree(const sa& signalled);
    bool agree_law();
    bool agree_keys();
    void report();
    void received(const sa& from, const rtp_header& head, mbuf& body);
    void sound_received(const rtp_header& head, mbuf& body);

    static void on_packet(const sa* from, const rtp_header* head, mbuf* body, void* self) {
        static_cast<Parts*>(self)->received(*from, *head, *body);
    }
    static bool on_crypto(const char*, const char* value, void* self) {
        const auto line = read_crypto(value ? value : "");
        auto& parts = *static_cast<Parts*>(self);
        if (!line || !parts.keys.receive_with(*line)) return false;
        if (parts.keys.sending()) return true;  // they took our offer
        return parts.keys.send_with(draw_crypto(line->tag, line->suite));
    }
};

bool Voice::Parts::describe_ourselves(const sa& address) {
    sdp_session* made = nullptr;
    if (sdp_session_alloc(&made, &address) != 0) return false;
    session.reset(made);
    const bool key = secrecy == Secrecy::keyed;
    const auto port = sa_port(rtp_local(sound.get()));
    if (sdp_media_add(&media, made, sdp_media_audio, port, key ? keyed_sound : plain_sound) != 0)
        return false;
    if (secrecy == Secrecy::either) sdp_media_set_alt_protos(media, 2, plain_sound, keyed_sound);
    sdp_media_set_lport_rtcp(media, static_cast<std::uint16_t>(port + 1));
    int failed = 0;
    const auto add = [&](const char* type, const char* name, const char* parameters) {
        failed |= sdp_format_add(nullptr, media, false, type, name, 8000, 1, nullptr, nullptr,
                                 nullptr, false, parameters ? "%s" : nullptr, parameters);
    };
    add("8", "PCMA", nullptr);
    add("0", "PCMU", nullptr);
    add("101", "telephone-event", "0-15");
    failed |= sdp_media_set_lattr(media, true, sdp_attr_ptime, "20");
    return failed == 0;
}

// The other side's first choice of what both can.
bool Voice::Parts::agree_law() {
    bool found = false;
    for (const le* at = list_head(sdp_media_format_lst(media, false)); at && !found;
         at = at->next) {
        const auto& format = *static_cast<const sdp_format*>(at->data);
        const bool a = is_named(format, "PCMA", pcma), u = is_named(format, "PCMU", pcmu);
        if (!format.sup || (!a && !u)) continue;
        found = true;
        law = a ? Law::a : Law::u;
    }
    if (!found) return false;
    const auto* events = sdp_media_rformat(media, "telephone-event");
    event_type = events ? events->pt : -1;
    return true;
}

bool Voice::Parts::agree_keys() {
    if (str_casecmp(sdp_media_proto(media), keyed_sound) != 0) return secrecy != Secrecy::keyed;
    if (secrecy == Secrecy::clear) return false;
    if (!keys.guard(socket(rtp_sock(sound.get())), socket(rtcp_sock(sound.get())))) return false;
    sdp_media_rattr_apply(media, "crypto", on_crypto, this);
    if (!keys.receives() || !keys.sending()) return false;
    return sdp_media_set_lattr(media, true, "crypto", "%s",
                               write_crypto(*keys.sending()).c_str()) == 0;
}

bool Voice::Parts::agree(const sa& signalled) {
    if (sdp_media_rport(media) == 0 || !agree_law() || !agree_keys()) return false;
    const sa& written = *sdp_media_raddr(media);
    if (sa_af(&written) != sa_af(rtp_local(sound.get()))) return false;
    if (far == Far::trunk) {
        remote = written;
    } else if (!latched || !sa_cmp(&remote, &signalled, SA_ADDR)) {
        remote = signalled;
        sa_set_port(&remote, sdp_media_rport(media));
        latched = false;
    }
    if (!agreed) heard = clock_now();
    agreed = true;
    talkspurt = true;
    report();
    return true;
}

// Receiver reports, so that the other side, too, knows how it is heard.
void Voice::Parts::report() {
    if (reports || sa_is_any(&remote)) return;
    sa peer{};
    sdp_media_raddr_rtcp(media, &peer);
    if (far == Far::device) {
        const auto port = sa_port(&peer);
        peer = remote;
        sa_set_port(&peer, port);
    }
    rtcp_set_srate(sound.get(), 8000, 8000);
    rtcp_start(sound.get(), "sound", &peer);
    reports = true;
}

void Voice::Parts::received(const sa& from, const rtp_header& head, mbuf& body) {
    if (!agreed) return;
    if (!sa_cmp(&from, &remote, SA_ADDR) && !sa_is_any(&remote)) {
        ++refused;
        return;
    }
    if (far == Far::device && !latched) {
        remote = from;
        latched = true;
    }
    heard = clock_now();
    if (event_type >= 0 && head.pt == event_type) {
        if (mbuf_get_left(&body) < 4) return;
        const auto event = mbuf_read_u8(&body);
        if (event > 15 || !reception.new_event(head.ts, event)) return;
        handlers.digit(static_cast<char>(telev_code2digit(event)));
        return;
    }
    sound_received(head, body);
}

void Voice::Parts::sound_received(const rtp_header& head, mbuf& body) {
    const auto bytes = std::min(mbuf_get_left(&body), payload_bytes_max);
    if ((head.pt != pcma && head.pt != pcmu) || bytes == 0) return;
    const auto gap =
        reception.packet(head.ssrc, head.seq, head.ts, static_cast<std::uint32_t>(bytes), heard);
    if (!gap) return;
    handlers.sound({head.pt == pcma ? Law::a : Law::u,
                    {mbuf_buf(&body), bytes},
                    *gap > gap_max ? 0 : *gap,
                    head.ts});
}

std::unique_ptr<Voice> Voice::open(const EndpointSettings& settings, Far far, Secrecy secrecy,
                                   Handlers handlers) {
    auto parts = std::make_unique<Parts>();
    parts->far = far;
    parts->secrecy = secrecy;
    parts->handlers = std::move(handlers);
    parts->packet.reset(mbuf_alloc(packet_bytes));
    sa address{};
    if (sa_set_str(&address, settings.listen_address.c_str(), 0) != 0) return {};
    struct rtp_sock* made = nullptr;
    if (!parts->packet ||
        rtp_listen(&made, IPPROTO_UDP, &address, settings.first_media_port,
                   settings.last_media_port, true, Parts::on_packet, nullptr, parts.get()) != 0)
        return {};
    parts->sound.reset(made);
    if (!settings.media_address.empty() &&
        sa_set_str(&address, settings.media_address.c_str(), 0) != 0)
        return {};
    if (!parts->describe_ourselves(address)) return {};
    if (secrecy == Secrecy::keyed) {
        const auto line = draw_crypto(1, SrtpSuite::aes_cm_128_hmac_sha1_80);
        if (!parts->keys.guard(socket(rtp_sock(made)), socket(rtcp_sock(made))) ||
            !parts->keys.send_with(line) ||
            sdp_media_set_lattr(parts->media, true, "crypto", "%s", write_crypto(line).c_str()) !=
                0)
            return {};
    }
    return std::unique_ptr<Voice>{new Voice{std::move(parts)}};
}

Voice::Voice(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Voice::~Voice() = default;

bool Voice::take(mbuf& body, Turn turn, const sa& signalled) {
    return sdp_decode(parts_->session.get(), &body, turn == Turn::offer) == 0 &&
           parts_->agree(signalled);
}

Handle<mbuf> Voice::describe(Turn turn) {
    mbuf* made = nullptr;
    if (sdp_encode(&made, parts_->session.get(), turn == Turn::offer) != 0) return {};
    return Handle<mbuf>{made};
}

void Voice::send(std::span<const std::uint8_t> payload, std::uint32_t gap) {
    auto& parts = *parts_;
    if (!parts.agreed || sa_is_any(&parts.remote) || payload.size() > payload_bytes_max ||
        !(sdp_media_dir(parts.media) & SDP_SENDONLY))
        return;
    mbuf& packet = *parts.packet;
    packet.pos = packet.end = RTP_HEADER_SIZE;
    if (mbuf_write_mem(&packet, payload.data(), payload.size()) != 0) return;
    packet.pos = RTP_HEADER_SIZE;
    parts.timestamp += parts.samples_sent + gap;
    parts.samples_sent = static_cast<std::uint32_t>(payload.size());
    // What a full socket drops is lost, as on any line.
    if (rtp_send(parts.sound.get(), &parts.remote, false, parts.talkspurt || gap > 0,
                 static_cast<std::uint8_t>(parts.law == Law::a ? pcma : pcmu), parts.timestamp,
                 &packet) == 0)
        ++parts.sent;
    parts.talkspurt = false;
}

Law Voice::law() const { return parts_->law; }

bool Voice::expects_sound() const {
    return parts_->agreed && (sdp_media_dir(parts_->media) & SDP_RECVONLY);
}

bool Voice::takes_digit_events() const { return parts_->event_type >= 0; }
std::chrono::milliseconds Voice::last_heard() const { return parts_->heard; }

Quality Voice::quality() const {
    const auto& parts = *parts_;
    return {parts.reception.received(), parts.sent, parts.reception.lost(),
            parts.refused + parts.keys.refused(), parts.reception.jitter()};
}

}  // namespace sanad::phone
