#include "core/node/trust_file.h"

#include "core/node/files.h"

#include <algorithm>
#include <charconv>

namespace sanad::node {
namespace {

constexpr std::string_view format_line = "sanad-trust/v1";

// Takes the next line off `text`. errors  malformed: no newline
Result<std::string_view> next_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return fail(Fault::malformed, "a line without end");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Result<std::string_view> value_of(std::string_view line, std::string_view key) {
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ')
        return fail(Fault::malformed, "want a line '" + std::string(key) + " ...'");
    return line.substr(key.size() + 1);
}

}  // namespace

Result<TrustedStewards> parse_trust(std::string_view text) {
    const auto format = next_line(text);
    if (!format) return std::unexpected(format.error());
    if (*format != format_line)
        return fail(Fault::unsupported, "first line is not " + std::string(format_line));
    const auto threshold_line = next_line(text);
    if (!threshold_line) return std::unexpected(threshold_line.error());
    const auto number = value_of(*threshold_line, "threshold");
    if (!number) return std::unexpected(number.error());
    TrustedStewards trusted;
    const auto [end, fault] =
        std::from_chars(number->data(), number->data() + number->size(), trusted.threshold);
    if (fault != std::errc{} || end != number->data() + number->size())
        return fail(Fault::malformed, "threshold");
    while (!text.empty()) {
        const auto line = next_line(text);
        if (!line) return std::unexpected(line.error());
        const auto key = value_of(*line, "steward");
        if (!key) return std::unexpected(key.error());
        const auto verifier = trust::parse_verifier(*key);
        if (!verifier) return std::unexpected(verifier.error());
        if (verifier->type != trust::SignatureType::ed25519)
            return fail(Fault::unsupported, "steward: type of key");
        if (std::ranges::find(trusted.stewards, verifier->key, &trust::Verifier::key) !=
            trusted.stewards.end())
            return fail(Fault::invalid, "one key twice");
        trusted.stewards.push_back(*verifier);
    }
    if (trusted.threshold == 0 || trusted.threshold > trusted.stewards.size())
        return fail(Fault::invalid, "threshold is not between 1 and the number of stewards");
    return trusted;
}

std::string write_trust(const TrustedStewards& trusted) {
    std::string text(format_line);
    text += "\nthreshold " + std::to_string(trusted.threshold) + "\n";
    for (const auto& steward : trusted.stewards) text += "steward " + trust::format(steward) + "\n";
    return text;
}

Result<TrustedStewards> load_trust(const std::filesystem::path& file) {
    const auto text = read_file(file, trust_file_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    auto trusted = parse_trust(*text);
    if (!trusted) return fail(trusted.error().fault, file.string() + ": " + trusted.error().detail);
    return trusted;
}

}  // namespace sanad::node
