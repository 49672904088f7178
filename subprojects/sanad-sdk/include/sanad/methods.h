/* SPDX-License-Identifier: Apache-2.0
 *
 * sanad/methods.h: the numbers in sanad_call.method, kind << 8 | n. The list only grows.
 */
#ifndef SANAD_METHODS_H
#define SANAD_METHODS_H

enum {
    SANAD_M_HEALTH = 0x0001,   /* host -> any plugin: -> HealthReply */
    SANAD_M_DELIVER = 0x0101,  /* host -> channel: Deliver -> Outcome */
    SANAD_M_CANCEL = 0x0102,   /* host -> channel: Deliver -> nothing */
    SANAD_M_CONNECT = 0x0103,  /* host -> channel: Connect -> Outcome */
    SANAD_M_CONTROL = 0x0104,  /* host -> channel: Control -> Outcome */
    SANAD_M_SUBMIT = 0x0181,   /* channel -> host: Submit -> SubmitReply */
    SANAD_M_RECEIPT = 0x0182,  /* channel -> host: Receipt -> nothing */
    SANAD_M_REPLAY = 0x0183,   /* channel -> host: Replay -> ReplayReply */
    SANAD_M_TYPING = 0x0184,   /* channel -> host: Typing -> nothing; nothing is stored */
    SANAD_M_LEAVE = 0x0185,    /* channel -> host: Leave -> nothing */
    SANAD_M_FEEDBACK = 0x0186, /* channel -> host: Feedback -> nothing */
    SANAD_M_NOTICE = 0x0187,   /* channel -> host: Notice -> nothing */
    SANAD_M_ARRIVE = 0x0188,   /* channel -> host: Arrive -> ArriveReply */
    SANAD_M_ATTACH = 0x0189,   /* channel -> host: Attach -> nothing */
    SANAD_M_SUMMON = 0x018a,   /* channel -> host: Summon -> SummonReply */
    SANAD_M_RANG = 0x018b,     /* channel -> host: Rang -> nothing */
    SANAD_M_DEVICE = 0x018c,   /* channel -> host: Device -> DeviceReply */
    SANAD_M_DISPATCH = 0x0201, /* host -> partner: Dispatch -> Outcome */
    SANAD_M_STATUS = 0x0281,   /* partner -> host: Status -> StatusReply */
    SANAD_M_VIEW = 0x0282,     /* partner -> host: View -> ViewReply */
    SANAD_M_ASK = 0x0381,      /* desk -> host: Ask -> AskReply */
    SANAD_M_REST = 0x0382,     /* desk -> host: Rest -> RestReply */
    SANAD_M_NEWS = 0x0383      /* desk -> host: News -> NewsReply; waits */
};

#endif
