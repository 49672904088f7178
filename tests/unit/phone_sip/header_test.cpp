#include "plugins/channels/phone/sip/crypto_line.h"
#include "plugins/channels/phone/sip/header_values.h"
#include "plugins/channels/phone/sip/redirects.h"

#include <catch2/catch.hpp>

using namespace sanad::phone;
using namespace std::chrono_literals;

TEST_CASE("an INFO has a digit in one of two ways, or none") {
    CHECK(info_digit("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n") == '5');
    CHECK(info_digit("Application/DTMF-Relay", "Duration=160\nSIGNAL = #\n") == '#');
    CHECK(info_digit("application/dtmf-relay", "Signal=10\r\n") == '*');
    CHECK(info_digit("application/dtmf", "11") == '#');
    CHECK(info_digit("application/dtmf", " a\r\n") == 'A');
    for (const char* bad : {"", "Signal=", "Signal=12\r\n", "Signal=55", "=5", "Signal", "5"}) {
        CAPTURE(bad);
        CHECK(!info_digit("application/dtmf-relay", bad));
    }
    CHECK(!info_digit("text/plain", "5"));
}

TEST_CASE("a number is hidden where one of the ways to hide it is used") {
    CHECK(caller_number("+212600000001", "x", "h", "") == "+212600000001");
    CHECK(caller_number("", "+212600000002", "h", "none") == "+212600000002");
    CHECK(caller_number("+212600000001;verstat=x", "x", "h", "") == "+212600000001");
    CHECK(!caller_number("+212600000001", "x", "h", "id"));
    CHECK(!caller_number("+212600000001", "x", "h", "header; ID"));
    CHECK(!caller_number("+212600000001", "Anonymous", "h", ""));
    CHECK(!caller_number("+212600000001", "x", "anonymous.invalid", ""));
    CHECK(!caller_number("", "unknown", "h", ""));
    CHECK(!caller_number("", "", "h", ""));
    CHECK(!caller_number("", "a\"b", "h", ""));
    CHECK(!caller_number("", std::string(41, '1'), "h", ""));
}

TEST_CASE("we refresh a session unless the other side wants to") {
    CHECK(accept_timer("1800") == SessionTimer{1800s, Refresher::we});
    CHECK(accept_timer("1800;refresher=uas") == SessionTimer{1800s, Refresher::we});
    CHECK(accept_timer("1800 ; Refresher = UAC") == SessionTimer{1800s, Refresher::they});
    CHECK(accept_timer("30") == SessionTimer{90s, Refresher::we});
    CHECK(accept_timer("4294967295") == SessionTimer{7200s, Refresher::we});
    CHECK(!accept_timer(""));
    CHECK(!accept_timer("x"));
    CHECK(!accept_timer("-5"));
    CHECK(!accept_timer("99999999999"));
    CHECK(read_timer("90;refresher=uac") == SessionTimer{90s, Refresher::we});
    CHECK(read_timer("90;refresher=uas") == SessionTimer{90s, Refresher::they});
    CHECK(!read_timer("89;refresher=uac"));
}

TEST_CASE("a display shows words, and nothing that ends a header") {
    CHECK(display_words("Helpline \"fr\"\r\nX: y\\") == "Helpline frX: y");
    CHECK(display_words(std::string(59, 'a') + "é").size() == 59);
    CHECK(display_words(std::string(58, 'a') + "é").size() == 60);
}

TEST_CASE("a key of SDP is read as it was written, and others are refused") {
    const auto line = draw_crypto(7, SrtpSuite::aes_cm_128_hmac_sha1_32);
    CHECK(read_crypto(write_crypto(line)) == line);
    CHECK(read_crypto(write_crypto(line) + "|2^20") == line);
    const std::string key(40, 'A');
    CHECK(read_crypto("1 AES_CM_128_HMAC_SHA1_80 inline:" + key));
    for (const auto& bad : std::initializer_list<std::string>{
             "", "1", "x AES_CM_128_HMAC_SHA1_80 inline:" + key, "1 NULL inline:" + key,
             "1 AES_CM_128_HMAC_SHA1_80 " + key, "1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "A",
             "1 AES_CM_128_HMAC_SHA1_80 inline:" + key.substr(1),
             "1 AES_CM_128_HMAC_SHA1_80 inline:" + key.substr(1) + "!",
             "1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "|2^20|1:4",
             "9999999999 AES_CM_128_HMAC_SHA1_80 inline:" + key}) {
        CAPTURE(bad);
        CHECK(!read_crypto(bad));
    }
    CHECK(draw_crypto(1, {}) != draw_crypto(1, {}));
}

TEST_CASE("a 3xx says no longer where to go, and nothing else is touched") {
    const auto spoilt = [](std::string text) {
        spoil_redirect(text);
        return text;
    };
    CHECK(spoilt("SIP/2.0 302 Moved\r\nContact: <sip:x@h>\r\nTo: <sip:y>\r\n\r\nContact: body") ==
          "SIP/2.0 302 Moved\r\nContact:          \r\nTo: <sip:y>\r\n\r\nContact: body");
    CHECK(spoilt("SIP/2.0 300 X\nm:a\n b\nM : c\n") == "SIP/2.0 300 X\nm: \n  \nM :  \n");
    for (const char* other :
         {"SIP/2.0 200 OK\r\nContact: <sip:x@h>\r\n\r\n",
          "INVITE sip:a SIP/2.0\r\nContact: <sip:x@h>\r\n\r\n", "", "SIP/2.0 3"})
        CHECK(spoilt(other) == other);
}
