#include "plugins/channels/email/answer.h"
#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/compose.h"
#include "plugins/channels/email/html.h"
#include "plugins/channels/email/quoting.h"
#include "plugins/channels/email/transfer.h"
#include "tests/fuzz/target.h"

#include <algorithm>

// What somebody mails. The bytes are tried as a mail, as a page, as a file, as the text that quotes
// are folded in, and as the values of an answer.
namespace {

using namespace sanad;
using namespace sanad::email;

const OwnAddress own{"help", "helpline.example"};
const std::string key(key_bytes, 'k');

void require(bool truth) {
    if (!truth) __builtin_trap();
}

bool is_clean(const std::string& text) { return is_utf8(text) && clean_prose(text) == text; }

void check_file(const Attachment& file) {
    require(file.name.size() <= attachment_name_bytes_max && is_clean(file.name));
    require(file.kept() == !file.media_type.empty());
    require(file.kept() || !file.left_out.empty());
    if (file.media_type == "text/plain") require(is_clean(file.bytes));
    if (file.kept())
        require(content_of(file.bytes) != Content::image &&
                content_of(file.bytes) != Content::video && content_of(file.bytes) != Content::zip);
}

// An answer to it: its headers are ours, however the mail was made.
void check_answer(const Mail& mail, const Candidate& thread) {
    Outgoing out{own, mail.from.name, mail.from.mailbox, thread.token,    mail.hash.substr(0, 16),
                 0,   "ar",           mail.text,         mail.message_id, mail.references,
                 true};
    const auto sent = compose(out);
    if (sent.bytes.empty()) return require(!is_mailbox(mail.from.mailbox));
    const auto back = read_headers(sent.bytes);
    require(!back.broken && back.headers.size() <= 14);
    require(find(back.headers, "bcc") == nullptr && find(back.headers, "cc") == nullptr);
    require(value_of(back.headers, "to") == '<' + out.to + '>');
    require(token_of_message_id(sent.message_id, own.domain) == thread.token);
}

void check_mail(std::string_view bytes) {
    const Mail mail = read_mail(bytes, "mx.helpline.example");
    const Handed handed = hand_on(mail, subjects_of_ours());
    require(!handed.text.empty() && handed.text.size() <= text_bytes_max && is_clean(handed.text));
    require(handed.marks.size() <= marks_max && is_clean(mail.quoted) && is_clean(mail.subject));
    require(mail.headers.size() <= Limits{}.header_lines && mail.to.size() <= Limits{}.recipients);
    require(mail.from.mailbox.empty() || is_mailbox(mail.from.mailbox));
    for (const auto& file : mail.attachments) check_file(file);
    const auto threads = candidates(mail, own, key);
    require(!threads.empty() && threads.back().how == Candidate::How::root);
    for (const auto& thread : threads) require(thread.token.size() == token_characters);
    why_no_answer(mail, own, {}, false);
    check_answer(mail, threads.back());
}

void check_folding(std::string_view bytes) {
    const std::string text = clean_prose(bytes);
    const auto folded = fold_quotes(text);
    const auto letters = [](std::string_view from) {
        return std::ranges::count_if(from,
                                     [](char c) { return c != '\n' && c != ' ' && c != '\t'; });
    };
    // Lines of spaces of any script may go; no letter does.
    std::string kept = folded.fresh + folded.quoted;
    std::string all = text;
    for (auto* one : {&kept, &all})
        for (const std::string_view mark : {"\u200E", "\u200F", "\u202A", "\u202B", "\u202C",
                                            "\u2067", "\u2068", "\u2069", "\u00A0", "\uFEFF"})
            for (std::size_t at; (at = one->find(mark)) != std::string::npos;)
                one->erase(at, mark.size());
    require(letters(kept) == letters(all));
}

Bytes seed_of(std::string_view headers, std::string_view body) {
    return fuzz::seed("From: Sami <sami@outside.example>\r\nTo: help@helpline.example\r\n" +
                      std::string(headers) + "\r\n" + std::string(body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    start_mail();
    const std::string_view bytes = text_of(ByteView{data, size});
    check_mail(bytes);
    check_file(judge("name", bytes));
    require(is_utf8(text_of_html(to_utf8(bytes, "utf-8").text)));
    check_folding(bytes);
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    const std::string arabic = "مرحبا، أريد أن أتحدث مع أحد.";
    return {
        seed_of("Subject: =?UTF-8?B?" + encode_base64(arabic) + "?=\r\n", "hello\r\n"),
        seed_of(
            "Content-Type: text/plain; charset=windows-1256\r\n"
            "Authentication-Results: mx.helpline.example; spf=pass; dkim=fail (x); dmarc=fail\r\n",
            "\xE3\xD1\xCD\xC8\xC7 \xC3\xE4\xC7 \xDD\xED \xC7\xE1\xE3\xCF\xD1\xD3\xC9"),
        seed_of(
            "Content-Type: multipart/mixed; boundary=\"edge\"\r\n",
            "--edge\r\nContent-Type: multipart/alternative; "
            "boundary=in\r\n\r\n--in\r\n\r\nwords\r\n"
            "--in\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
            "quoted-printable\r\n\r\n<p style=3D\"display:none\">x</p><a "
            "href=3D'https://a.example'>"
            "b</a>\r\n--in--\r\n--edge\r\nContent-Type: application/pdf\r\n"
            "Content-Disposition: attachment; filename*0*=UTF-8''%D8%B1; filename*1=\".pdf\"\r\n"
            "Content-Transfer-Encoding: "
            "base64\r\n\r\nJVBERi0xLjQKMSAwIG9iago8PD4+\r\n--edge--\r\n"),
        seed_of(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=edge\r\n"
            "Return-Path: <>\r\nReceived: x\r\n",
            "--edge\r\n\r\nfailed\r\n--edge\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns;x\r\n\r\nFinal-Recipient: rfc822;a@b.example\r\nAction: failed\r\n"
            "Status: 5.1.1\r\n\r\n--edge\r\nContent-Type: message/rfc822\r\n\r\n"
            "Message-ID: <x.aaaaaaaaaaaaaaaa@helpline.example>\r\n\r\nx\r\n--edge--\r\n"),
        seed_of(
            "Content-Type: text/plain; format=flowed; delsp=yes\r\n"
            "Delivered-To: help+aaaaaaaaaaaaaaaa@helpline.example\r\n"
            "References: <a@b> <x.bbbbbbbbbbbbbbbb@helpline.example>\r\n",
            "Yes \r\nplease\r\n\r\nOn Tue, 1 Dec 2026, Helpline wrote:\r\n> hello\r\n>> and\r\n"),
        fuzz::seed(
            "%PDF-1.4\n1 0 obj\n<</Type/Page/Contents 2 0 R>>\nendobj\n2 0 obj\n<<>>\nstream\n"
            "BT (words) Tj ET\nendstream\nendobj\n%%EOF"),
        fuzz::seed("<table><tr><td>a<td>b</table><ul><li>c<pre>\n d</pre><blockquote>e</blockquote>"
                   "<style>f</style><!-- g -->&eacute;&#1587;"),
        fuzz::seed(
            "begin 644 a.jpg\nM_]C_X``02D9)1@`!`0$`2`!(\n`\nend\nwords data:image/png;base64,AA"),
    };
}
