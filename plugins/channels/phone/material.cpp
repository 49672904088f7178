#include "plugins/channels/phone/material.h"

#include "plugins/channels/phone/flow/flow_reader.h"

#include <sanad/opened.hpp>
#include <sanad/plugin.hpp>
#include <sanad/values.hpp>

#include <sodium.h>

#include <chrono>
#include <utility>

namespace sanad::phone {

namespace {

using plugin::Error;

constexpr std::size_t pem_bytes_max = 256 * 1024;
constexpr std::size_t password_bytes_max = 200;
constexpr std::size_t spare_lines = 40;  // above calls_max: a caller is told, not refused

// A file that must be there. `field` is the setting, `code` what is said when it is not.
std::string read(plugin::Host& host, const char* field, const char* code, std::size_t most) {
    auto file = plugin::read_file(host, field, most);
    if (!file || file->status != SANAD_OK) {
        host.log(SANAD_LOG_ERROR, "phone.file_unreadable", {{"field", field}});
        throw Error(SANAD_E_INVALID, code);
    }
    return std::move(file->content);
}

// The node's log takes words of 64 bytes, and no sentences: enough to find the place.
std::string clipped(std::string_view text) {
    constexpr std::size_t word_bytes_max = 60;
    return std::string(text.substr(0, word_bytes_max));
}

void complain(plugin::Host& host, const char* event, std::string_view place,
              std::string_view wrong) {
    host.log(SANAD_LOG_ERROR, event, {{"place", clipped(place)}, {"wrong", clipped(wrong)}});
}

PromptPacks read_prompts(plugin::Host& host, const std::vector<std::string>& languages) {
    auto packs = PromptPacks::read(languages, [&host](const std::string& path) {
        const std::string name = "promptsFolder/" + path;
        auto file = plugin::read_file(host, name.c_str(), std::size_t{8} << 20);
        return file && file->status == SANAD_OK ? std::optional(std::move(file->content))
                                                : std::nullopt;
    });
    if (!packs) {
        for (const std::string& wrong : packs.error()) {
            const std::size_t place = wrong.find(": ");
            complain(host, "phone.prompt_wrong", wrong.substr(0, place), wrong.substr(place + 2));
        }
        throw Error(SANAD_E_INVALID, "phone.config.prompts_folder");
    }
    return std::move(*packs);
}

// First without the prompts, for its languages; then with them.
Flow read_checked_flow(plugin::Host& host, PromptPacks& prompts) {
    const std::string text = read(host, "flowFile", "phone.config.flow_file", flow_bytes_max);
    const auto laid_over = plugin::read_file(host, "flowOverlayFile", flow_bytes_max);
    const std::string overlay =
        laid_over && laid_over->status == SANAD_OK ? laid_over->content : std::string();
    const auto give_up = [&host](const std::vector<Complaint>& complaints) {
        for (const Complaint& one : complaints)
            complain(host, "phone.flow_wrong", one.place, one.wrong);
        throw Error(SANAD_E_INVALID, "phone.config.flow_file");
    };
    const auto anything = [](std::string_view, std::string_view) { return true; };
    auto flow = read_flow(text, overlay, anything);
    if (!flow) give_up(flow.error());
    std::vector<std::string> languages;
    for (const Language& language : flow->languages) languages.push_back(language.code);
    prompts = read_prompts(host, languages);
    const auto unsaid = check_flow(*flow, [&](std::string_view language, std::string_view id) {
        return prompts.can_say(language, id);
    });
    if (!unsaid.empty()) give_up(unsaid);
    return std::move(*flow);
}

// Another each year: whoever gets it later learns nothing of the callers of other years.
std::string caller_key(plugin::Host& host) {
    const std::chrono::year_month_day today{
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    const int year = static_cast<int>(today.year());
    plugin::Values values(host);
    const std::string name = "caller-key-" + std::to_string(year);
    auto kept = values.get(name);
    if (kept.status == SANAD_OK && kept.value.size() == caller_key_bytes) return kept.value;
    std::string key(caller_key_bytes, '\0');
    randombytes_buf(key.data(), key.size());
    if (values.put(name, key) != SANAD_OK)
        host.log(SANAD_LOG_WARN, "phone.caller_key_not_kept");  // then one for this run alone
    (void)values.remove("caller-key-" + std::to_string(year - 1));
    return key;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

Material read_material(plugin::Host& host, const Settings& settings) {
    Material material;
    material.flow = read_checked_flow(host, material.prompts);
    if (material.prompts.drafts() > 0)
        host.log(SANAD_LOG_WARN, "phone.draft_prompts",
                 {{"count", std::to_string(material.prompts.drafts())}});
    material.caller_key = caller_key(host);

    EndpointSettings& endpoint = material.endpoint;
    const auto port = [](std::uint16_t number) {
        return number == 0 ? std::nullopt : std::optional(number);
    };
    endpoint.listen_address = settings.listen_address;
    endpoint.media_address = settings.media_address;
    endpoint.udp_port = port(settings.udp_port);
    endpoint.tcp_port = port(settings.tcp_port);
    endpoint.tls_port = port(settings.tls_port);
    endpoint.first_media_port = settings.first_media_port;
    endpoint.last_media_port = settings.last_media_port;
    if (settings.tls_port != 0) {
        endpoint.certificate =
            read(host, "certificateFile", "phone.config.certificate_file", pem_bytes_max);
        endpoint.certificate_key =
            read(host, "certificateKeyFile", "phone.config.certificate_key_file", pem_bytes_max);
    }
    endpoint.numbers = settings.numbers;
    endpoint.trunks = settings.trunks;
    endpoint.realm = settings.realm;
    endpoint.devices_in_clear = settings.devices_in_clear;
    endpoint.calls_max = settings.calls_max + spare_lines;
    endpoint.call_back = {settings.call_back_prefixes, settings.call_back_refused,
                          settings.call_backs_per_hour, settings.call_backs_per_day};
    if (settings.trunk_address.empty()) return material;
    Registration trunk;
    trunk.address = settings.trunk_address;
    trunk.user = settings.trunk_user;
    trunk.from = settings.call_back_from;
    if (!settings.trunk_user.empty())
        trunk.password = first_line(read(host, "trunkPasswordFile",
                                         "phone.config.trunk_password_file", password_bytes_max));
    if (auto trusted = plugin::read_file(host, "trunkTrustFile", pem_bytes_max);
        trusted && trusted->status == SANAD_OK)
        trunk.authorities = std::move(trusted->content);
    endpoint.registration = std::move(trunk);
    return material;
}

CallSettings call_settings(const Settings& settings, const std::string& caller_key) {
    CallSettings calls;
    calls.calls_max = settings.calls_max;
    calls.lines_max = settings.calls_max + spare_lines;
    calls.ring = settings.ring;
    calls.numbers = settings.numbers;
    calls.caller_key = caller_key;
    return calls;
}

}  // namespace sanad::phone
