#include "plugins/channels/email/answer_texts.h"

namespace sanad::email {

const std::string& Words::in(std::string_view language) const {
    if (language.starts_with("ar")) return ar;  // also Darija, ary
    return language.starts_with("fr") ? fr : en;
}

const AnswerTexts& answer_texts() {
    static const AnswerTexts texts{
        .greeting = {"مرحبا،", "Bonjour,", "Hello,"},
        .arrived = {"وصلتنا رسالتك.", "Ton message est bien arrivé.",
                    "Your message has reached us."},
        .who =
            {"من يقرأ؟ لا يقرأ رسالتك إلا العاملون في خط المساعدة، ويجيبك أحدهم عبر البريد. أما "
             "هذا الرد الأول فقد أُرسل آليا.",
             "Qui le lit ? Seules des personnes de la ligne d’aide. L’une d’elles te répondra par "
             "mail. Cette première réponse, elle, est envoyée automatiquement.",
             "Who reads it? Only people of the helpline. One of them will answer you by mail. This "
             "first answer is sent automatically."},
        .next =
            {"ماذا سيحدث الآن؟ نقرأ الرسائل حسب وصولها، والمستعجل منها أولا.",
             "Et maintenant ? Nous lisons les messages dans l’ordre d’arrivée, les plus urgents "
             "d’abord.",
             "What happens now? We read messages in the order in which they come, the most urgent "
             "ones first."},
        .add =
            {"لا داعي لإرسالها مرة أخرى. وإن أردت إضافة شيء، فيكفي الرد على هذه الرسالة.",
             "Tu n’as pas besoin de l’envoyer à nouveau. Si tu veux ajouter quelque chose, réponds "
             "simplement à ce mail.",
             "You do not have to send it again. If you want to add something, just answer this "
             "mail."},
        .danger = {"في خطر الآن؟ لا تنتظر جوابنا. يمكن الاتصال بـ:",
                   "En danger maintenant ? N’attends pas notre réponse. Tu peux appeler :",
                   "In danger now? Do not wait for our answer. You can call:"},
        .image =
            {"كانت مع رسالتك صورة أو مقطع فيديو. لم نحتفظ بشيء من ذلك ولم ينظر إليه أحد: لا "
             "نستقبل الصور والفيديوهات، حماية لك. أرسل لنا العنوان (الرابط) الذي ظهرت فيه، لا "
             "الصورة، أو احك لنا بكلماتك ما فيها.",
             "Une image ou une vidéo accompagnait ton message. Nous n’en avons rien gardé et "
             "personne ne l’a regardée : nous ne prenons pas d’images, pour te protéger. "
             "Envoie-nous "
             "l’adresse (le lien) où elle apparaît, pas l’image, ou raconte-nous avec tes mots ce "
             "qu’on y voit.",
             "A picture or video came with your message. We kept nothing of it and nobody has "
             "looked "
             "at it: we take no pictures, to protect you. Send us the address (the link) where it "
             "can be seen, not the picture, or tell us in your own words what it shows."},
        .file =
            {"كان مع رسالتك ملف لا يمكننا استقباله. اكتب لنا المهم منه في الرسالة نفسها.",
             "Un fichier accompagnait ton message et nous ne pouvons pas le prendre. Écris-nous "
             "l’essentiel dans le mail lui-même.",
             "A file came with your message that we cannot take. Write what matters in it in the "
             "mail itself."},
        .shared =
            {"إن كان غيرك يستطيع فتح هذا البريد، فالأفضل حذف هذه الرسالة بعد قراءتها.",
             "Si d’autres personnes peuvent ouvrir cette boîte, il vaut mieux effacer ce mail "
             "après "
             "l’avoir lu.",
             "If others can open this mailbox, it is better to delete this mail once you have read "
             "it."},
    };
    return texts;
}

}  // namespace sanad::email
