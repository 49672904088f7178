#include "nodes/cli/courier_sheet.h"

#include "core/base/html.h"
#include "core/base/time_text.h"

#include <qrencode.h>

#include <memory>

namespace sanad::cli {
namespace {

constexpr std::size_t codes_a_sheet = 2;
constexpr int quiet_modules = 4;  // ISO/IEC 18004, section 5.3.8

// Light on purpose and without a dark theme: a scanner wants black on white.
constexpr std::string_view style = R"(
@page { size: A4; margin: 10mm }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 190mm; padding: 4mm; background: #fff; color: #000;
  font: 10pt/1.4 "Noto Sans", "Noto Sans Arabic", system-ui, sans-serif }
section { break-after: page; margin-bottom: 10mm }
section:last-child { break-after: auto }
h1 { font-size: 13pt; margin: 0 0 1mm }
p { margin: 0 0 1mm }
code { font-size: 9.5pt; white-space: nowrap; unicode-bidi: isolate; direction: ltr }
[lang=ar] { font-size: 11pt }
figure { margin: 3mm 0 0; text-align: center; break-inside: avoid }
svg { display: block; margin: 0 auto; width: min(98mm, 100%); height: auto }
figcaption { font-weight: bold }
@media print { body { padding: 0; max-width: none } section { margin-bottom: 0 } }
)";

struct FreeInput {
    void operator()(QRinput* input) const { QRinput_free(input); }
};
struct FreeCode {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

/// The dark modules of a row, run by run, as steps of an SVG path.
std::string row_path(const unsigned char* row, int width, int y) {
    std::string path;
    for (int x = 0; x < width;) {
        int end = x;
        while (end < width && (row[end] & 1) != 0) ++end;
        if (end > x)
            path += "M" + std::to_string(x + quiet_modules) + " " +
                    std::to_string(y + quiet_modules) + "h" + std::to_string(end - x) + "v1h-" +
                    std::to_string(end - x) + "z";
        x = end + 1;
    }
    return path;
}

Result<std::string> svg_of(const std::string& page) {
    const std::unique_ptr<QRinput, FreeInput> input(QRinput_new2(0, QR_ECLEVEL_M));
    if (!input || QRinput_append(input.get(), QR_MODE_AN, static_cast<int>(page.size()),
                                 reinterpret_cast<const unsigned char*>(page.data())) != 0)
        return fail(Fault::exhausted, "a QR code");
    const std::unique_ptr<QRcode, FreeCode> code(QRcode_encodeInput(input.get()));
    if (!code) return fail(Fault::exhausted, "a QR code");
    const std::string side = std::to_string(code->width + 2 * quiet_modules);
    std::string svg = "<svg viewBox=\"0 0 " + side + " " + side +
                      "\" shape-rendering=\"crispEdges\" role=\"img\"><rect width=\"" + side +
                      "\" height=\"" + side + "\" fill=\"#fff\"/><path d=\"";
    for (int y = 0; y < code->width; ++y)
        svg += row_path(code->data + std::ptrdiff_t(y) * code->width, code->width, y);
    return svg + "\"/></svg>";
}

std::string how_to(const CourierSheet& sheet) {
    const std::string count = std::to_string(sheet.pages.size());
    const std::string command = "<code>sanad link import FILE</code>";
    return "<p>Scan all " + count +
           " codes with any QR reader, in any order. Put each result on a line of its own in one "
           "text file. Then: " +
           command + "</p>\n<p lang=\"fr\">Scannez les " + count +
           " codes avec n’importe quel lecteur de codes QR, dans n’importe quel ordre. Mettez "
           "chaque résultat sur une ligne dans un seul fichier texte. Ensuite : " +
           command + "</p>\n<p lang=\"ar\" dir=\"rtl\">امسحوا كل الرموز (عددها " + count +
           ") بأي قارئ لرموز QR وبأي ترتيب. ضعوا كل نتيجة في سطر مستقل في ملف نصي واحد. ثم: " +
           command + "</p>\n";
}

std::string heading(const CourierSheet& sheet, std::size_t first, std::size_t last) {
    const std::string from = "<bdi>" + escape_html(sheet.from.text) + "</bdi>";
    const std::string to = "<bdi>" + escape_html(sheet.to.text) + "</bdi>";
    const std::string range =
        first == last ? std::to_string(first) : std::to_string(first) + "–" + std::to_string(last);
    return "<h1>Sanad courier: " + from + " → " + to + "</h1>\n<p>" + escape_html(sheet.mark) +
           " · " + format_time(sheet.created_at).substr(0, 10) + " · " + range + " / " +
           std::to_string(sheet.pages.size()) + "</p>\n";
}

}  // namespace

Result<std::string> courier_html(const CourierSheet& sheet) {
    const std::string names = escape_html(sheet.from.text) + " → " + escape_html(sheet.to.text);
    std::string html =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>"
        "Sanad courier " +
        names + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n";
    const std::size_t count = sheet.pages.size();
    for (std::size_t first = 0; first < count; first += codes_a_sheet) {
        const std::size_t end = std::min(count, first + codes_a_sheet);
        html += "<section>\n" + heading(sheet, first + 1, end) + how_to(sheet);
        for (std::size_t i = first; i < end; ++i) {
            const auto svg = svg_of(sheet.pages[i]);
            if (!svg) return std::unexpected(svg.error());
            html += "<figure>\n" + *svg + "\n<figcaption>" + std::to_string(i + 1) + " / " +
                    std::to_string(count) + " · " + names + "</figcaption>\n</figure>\n";
        }
        html += "</section>\n";
    }
    return html + "</body>\n</html>\n";
}

}  // namespace sanad::cli
