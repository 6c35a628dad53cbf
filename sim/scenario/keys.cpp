// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/keys.hpp"

#include <array>
#include <cassert>

namespace mailroom::scenario {

namespace {

using enum Type;

constexpr auto kScenario = std::to_array<Key>({
    {"mailroom", count, "", "required", "version of this language: 1"},
    {"name", text, "", "the file's name", "what the scenario is called"},
    {"description", text, "", "", "what it shows"},
    {"seed", count, "", "1", "all chance comes from it: same seed, same run"},
    {"epoch", Type::time, "", "2000-01-01T12:00:00Z", "date and time of day (UTC) when the run begins"},
    {"duration", duration, "", "until nothing is left to do", "simulated time after which the run ends"},
    {"record", choice, "summary|mail|full|packets", "full",
     "what is recorded; each level holds those before it"},
    {"topology", object, "topology", "required", "the network"},
    {"hosts", map, "host", "", "the mail hosts by node name, or by a pattern of node names (a template)"},
    {"traffic", list, "traffic", "", "who sends what to whom and when"},
    {"faults", texts, "", "", "what goes wrong, where, when and for how long: sentences (docs/FAULTS.md)"},
    {"control", texts, "", "", "what people do, and when: \"10s connect 1 from pc to mx1:25\" (docs/LIVE.md)"},
    {"smtp", object, "smtp", "", "for every host that says nothing else"},
    {"retry", object, "retry", "", "for every host that says nothing else"},
    {"dns", object, "dns", "", "how names are resolved, and what zones have"},
    {"delivery", object, "delivery", "", "for every host that says nothing else"},
});

constexpr auto kTopology = std::to_array<Key>({
    {"file", text, "", "", "a GraphML or DOT file, relative to the scenario's folder"},
    {"generate", object, "generate", "", "a network made by rule (not together with file)"},
    {"links", list, "link", "", "links; nodes appear by being named; added to those of file or generate"},
    {"lans", list, "lan", "", "shared segments"},
    {"defaults", object, "defaults", "", "for links that say nothing else"},
});

constexpr auto kDefaults = std::to_array<Key>({
    {"rate", rate, "", "10Mbps", "octets go onto the wire this fast"},
    {"delay", duration, "", "5ms, or light in fibre between places that a map gives", "propagation, one way"},
    {"queue", packets, "", "100", "packets that wait at each end; more are dropped"},
    {"loss", share, "", "0", "probability that a packet is lost on the way"},
});

constexpr auto kLink = std::to_array<Key>({
    {"between", shape, "pair", "required unless the chain form is used", "the two nodes"},
    {"name", text, "", "a-b", "what the link is called"},
    {"rate", rate, "", "topology.defaults", "octets go onto the wire this fast"},
    {"delay", duration, "", "topology.defaults", "propagation, one way"},
    {"queue", packets, "", "topology.defaults", "packets that wait at each end; more are dropped"},
    {"loss", share, "", "topology.defaults", "probability that a packet is lost on the way"},
});

constexpr auto kLan = std::to_array<Key>({
    {"name", text, "", "required", "the segment's own name, as of a node"},
    {"hosts", texts, "", "required", "the nodes on it"},
    {"rate", rate, "", "100Mbps", "of the segment"},
    {"delay", duration, "", "10us", "propagation, one way"},
    {"queue", packets, "", "100", "packets that wait at each node; more are dropped"},
    {"loss", share, "", "0", "probability that a packet is lost on the way"},
});

constexpr auto kHost = std::to_array<Key>({
    {"hostname", text, "", "name, with the first domain behind it",
     "what it calls itself in 220, HELO and Received"},
    {"domains", texts, "", "none", "domains whose mail ends here"},
    {"users", shape, "users", "none",
     "who has a mailbox here: [ann, bob], or a map {ann: {}, bob: {quota: 20kB}}"},
    {"aliases", shape, "aliases", "none",
     "other addresses for names: {info: [ann, bob@south.example], root: postmaster}"},
    {"lists", map, "mailing-list", "", "mailing lists by their names"},
    {"catch-all", shape, "addresses", "none: they are refused", "where mail for unknown names goes"},
    {"subaddress", text, "", "none",
     "marks that set a detail off from a name: with \"+\", mail for bob+news goes to bob"},
    {"fold-case", flag, "", "false", "whether Bob is bob; postmaster is in any case"},
    {"delivered-to", flag, "", "true, but false on a host of RFC 821",
     "whether it puts Delivered-To in front of what it sends on for an address, and finds loops by it"},
    {"receiver", flag, "", "true, but false with submit-to",
     "whether an SMTP receiver listens; false on a host with domains: it is out of operation"},
    {"port", count, "", "25", "where it listens"},
    {"submission", count, "", "none",
     "a second port where it listens, for user agents, usually 587: AUTH is required if users have "
     "passwords"},
    {"submit-to", text, "", "none", "makes this a user agent's host; its mail goes to that host"},
    {"submit-as", object, "submit-as", "",
     "as whom: its mail goes to that host's port for submission, with AUTH"},
    {"agents", texts, "", "with submit-to: all of that host's domains",
     "whose user agents run here: patterns of addresses or of user names"},
    {"forward", shape, "forward", "straight to the hosts that take mail for the domain",
     "next hop by domain: {south.example: relay, .example: \"mx:hub.example\", \"*\": gateway}"},
    {"relay", object, "relay", "", "for whom it takes mail that does not end here"},
    {"turn", object, "turn", "", "asks another host for the mail that waits there for its domains (ETRN)"},
    {"disk", shape, "disk-or-size", "1GB", "room for spool and mailboxes, and how slow it is"},
    {"retry", object, "retry", "", "when the SMTP sender tries again"},
    {"delivery", object, "delivery", "", "how the queue hands mail to its destinations"},
    {"hold", list, "hold", "none", "messages that stay in the queue and are not tried"},
    {"smtp", object, "smtp", "", "how it speaks SMTP"},
    {"bounces", object, "bounces", "", "what it tells originators of mail that it gives up"},
});

constexpr auto kUser = std::to_array<Key>({
    {"quota", size, "", "unlimited", "room in the mailbox"},
    {"moved", object, "moved", "", "the user has another address now"},
    {"forward", shape, "addresses", "none",
     "the user's own redirection: addresses that get the mail, the reverse-path unchanged"},
    {"keep", flag, "", "false", "with forward: the mailbox gets it too"},
    {"password", text, "", "none", "for AUTH; the receiver offers it if any user has one"},
});

constexpr auto kSubmitAs = std::to_array<Key>({
    {"user", text, "", "required", "a user of the host that submit-to names"},
    {"password", text, "", "the user's", "what it says as password; another one is refused"},
});

constexpr auto kMoved = std::to_array<Key>({
    {"to", text, "", "required", "the new address"},
    {"answer", choice, "refuse|forward", "refuse",
     "refuse: 551, the sender must use the new address; forward: 251, this host sends it on"},
});

constexpr auto kMailingList = std::to_array<Key>({
    {"members", shape, "addresses", "required", "who gets what is sent to the list: a set of addresses"},
    {"owner", text, "", "NAME-owner, an alias of postmaster",
     "the reverse-path of what goes to the members: who is told of failures"},
    {"expand", choice, "here|at-sender", "here",
     "where the list becomes its members: at this host; or at the host where a message begins its way"},
    {"header", flag, "", "false",
     "whether List-Id, List-Post and List-Owner are put in front of the message"},
});

constexpr auto kRetry = std::to_array<Key>({
    {"profile", choice, "custom|rfc5321|postfix|exim|opensmtpd|qmail", "custom",
     "whose rules; custom: those of intervals or formula"},
    {"intervals", shape, "durations", "[15m]", "waits between tries; the last one repeats"},
    {"formula", text, "", "none", "when the n-th retry is, in seconds after the arrival: \"400*n^2 s\""},
    {"give-up", duration, "", "4d; rfc5321 and postfix 5d, qmail 7d",
     "after this long in the queue the message bounces"},
    {"scan", duration, "", "0; postfix 5m, exim 30m",
     "how often the queue is looked through for what is due; 0: each try happens at its time"},
    {"delay-warning", shape, "duration-or-off", "off; exim 1d, opensmtpd 4h",
     "after this long in the queue the sender is told that the message is late, once"},
});

constexpr auto kDelivery = std::to_array<Key>({
    {"profile", choice, "plain|postfix", "plain", "whose figures the other keys have that are not given"},
    {"address-limit", count, "", "5", "hosts behind a destination that are tried in one attempt"},
    {"session-limit", count, "", "2", "sessions with them"},
    {"recipients", count, "", "smtp's recipients-per-message; postfix 50",
     "most recipients of one transaction"},
    {"initial-concurrency", count, "", "concurrency-limit; postfix 5", "connections to a destination at first"},
    {"concurrency-limit", count, "", "smtp's connections-per-destination; postfix 20", "and at most"},
    {"positive-feedback", count, "", "0; postfix 1", "so many more connections after a success"},
    {"negative-feedback", count, "", "0; postfix 1",
     "so many fewer, but not less than one, where no session could begin"},
    {"failed-cohorts", count, "", "0; postfix 1",
     "a destination is dead when so many times as many connections failed in a row as are allowed; 0: never"},
    {"dead-for", duration, "", "5m", "how long nothing is tried at a dead destination"},
    {"idle", duration, "", "0; postfix 2s", "how long a connection waits for the next message before QUIT"},
    {"lifetime", duration, "", "0; postfix 5m", "after so long a connection takes no further message; 0: no limit"},
    {"active-limit", count, "", "20000", "messages that are seen to at the same time; more wait as incoming"},
});

constexpr auto kHold = std::to_array<Key>({
    {"from", text, "", "anyone", "pattern of the sender's address (the reverse-path)"},
    {"to", text, "", "anyone", "pattern of a recipient's address"},
    {"until", duration, "", "for good", "time of the run when what was held is tried, and nothing more is held"},
});

constexpr auto kDisk = std::to_array<Key>({
    {"size", size, "", "1GB", "room for spool and mailboxes"},
    {"write", duration, "", "0", "how long a write takes"},
    {"sync", duration, "", "0", "how long it takes, after that, until the disk has it for good"},
});

constexpr auto kBounces = std::to_array<Key>({
    {"return", choice, "headers|full", "headers", "what comes back of a message where its sender does not say"},
    {"size-limit", size, "", "50000", "of a message longer than this only the header comes back"},
    {"double-bounce", choice, "discard|postmaster|hold", "postmaster",
     "of a notification that cannot be delivered: dropped; reported to this host's postmaster (dropped, if the host "
     "has no domain); or held for two days, "
     "tried once more and dropped"},
});

constexpr auto kDsn = std::to_array<Key>({
    {"notify", texts, "", "failure", "of what to tell the sender: [success, failure, delay], or never"},
    {"return", choice, "headers|full", "the host's", "what comes back of a message that fails"},
    {"envelope-id", text, "", "none", "a word by which the sender knows the message again in a notification"},
});

constexpr auto kSmtp = std::to_array<Key>({
    {"extended", flag, "", "true", "false: a host of RFC 821, HELO only"},
    {"eighth-bit", choice, "clear|refuse", "clear", "what a host of RFC 821 does with bit 8"},
    {"bare-line-ends", choice, "blank|keep|refuse", "blank",
     "a CR or LF that stands alone in a message text: taken, and sent on as a blank, or as it is; or 550"},
    {"texts", choice, "plain|lecture", "plain",
     "wording of replies; lecture: as in the lecture's example session"},
    {"size-limit", size, "", "10240000", "largest message that the receiver takes"},
    {"recipient-limit", count, "", "1000", "most recipients of one message that the receiver takes"},
    {"messages-per-connection", count, "", "100", "the sender says QUIT after so many"},
    {"connections-per-destination", count, "", "4", "the sender opens at most so many at the same time"},
    {"recipients-per-message", count, "", "100", "the sender names at most so many in one transaction"},
    {"pipelining", flag, "", "true", "offered, and used toward who offers it"},
    {"vrfy", choice, "ask|decline|off", "ask",
     "VRFY: answered by the address book; 252 for everyone; 502"},
    {"expn", flag, "", "false", "whether EXPN tells the members of lists and aliases; else 502"},
    {"connection-limit", count, "", "1000",
     "sessions that the receiver has at the same time; more are greeted with 421"},
    {"source-routes", choice, "honour|ignore|refuse", "ignore, but honour on a host of RFC 821",
     "@r1,@r2:user@domain at the receiver: on to r1 (RFC 821), straight to user@domain, or 550"},
    {"hop-limit", count, "", "100", "the receiver refuses a message with more Received fields: a loop"},
    {"follow-moved", flag, "", "false", "the sender uses the new address that a 551 gives, once"},
    {"chunking", flag, "", "true", "offered: BDAT instead of DATA"},
    {"send-chunks", flag, "", "false", "the sender uses BDAT toward who offers it"},
    {"dsn", flag, "", "true", "offered: the sender of a message may say when it wants to be told"},
    {"smtputf8", flag, "", "true", "offered: addresses and headers may have characters beyond US-ASCII"},
    {"etrn", flag, "", "true on a host that relays for domains",
     "offered: who asks gets what waits for such a domain tried at once"},
    {"check-sender", choice, "none|null-mx|domain", "none",
     "MAIL from strangers is refused whose domain takes no mail; or that, or does not exist"},
    {"limits", flag, "", "false", "offered: recipient-limit is said beforehand"},
    {"auth", texts, "", "[cram-md5, plain, login]", "mechanisms offered where users have passwords"},
    {"idle-time-out", duration, "", "5m", "a client that says nothing for so long is told 421"},
    {"service-time", duration, "", "0s", "what the receiver takes for a message before it says 250"},
    {"service", choice, "fixed|exponential", "fixed", "service-time is the same for each, or a mean"},
    {"greeting-delay", duration, "", "0s", "before the 220"},
    {"early-talker", choice, "keep|refuse", "keep",
     "a client that speaks before the 220: what it says waits, or it is told 554"},
    {"errors", object, "errors", "", "a session in which much is refused"},
    {"clients", object, "clients", "", "what one client may do"},
    {"tarpit", object, "tarpit", "off", "slows down who names many recipients"},
    {"load", object, "load", "", "when the host has too much to do already"},
    {"greylist", object, "greylist", "off", "who is new is told to come again later"},
});

constexpr auto kRelay = std::to_array<Key>({
    {"clients", texts, "", "the hosts that forward or submit through it",
     "whose mail it passes on: networks (10.1.0.0/16), hosts, LANs; patterns of host names"},
    {"domains", texts, "", "those that 'forward' names",
     "recipients' domains that it passes mail on to for everyone: a backup MX; .example is all below it"},
    {"open", flag, "", "false", "passes on whatever comes: an open relay"},
    {"authenticated", flag, "", "true", "passes on the mail of who has logged in"},
});

constexpr auto kTurn = std::to_array<Key>({
    {"host", text, "", "required", "the host that is asked"},
    {"at", shape, "durations", "required", "times of the run when it is asked"},
});

constexpr auto kErrors = std::to_array<Key>({
    {"soft", count, "", "10", "from so many errors on every reply comes late; 0: never"},
    {"sleep", duration, "", "1s", "by so much"},
    {"hard", count, "", "20", "at so many the session is ended with 421; 0: never"},
    {"junk", count, "", "100", "RSET, NOOP, VRFY, EXPN, ETRN and HELP beyond so many are errors; 0: never"},
});

constexpr auto kClients = std::to_array<Key>({
    {"connections", count, "", "50", "at the same time; more are told 421; 0: any number"},
    {"connection-rate", count, "", "0: no limit", "connections per period; more are told 421"},
    {"message-rate", count, "", "0: no limit", "messages per period; more are told 450"},
    {"recipient-rate", count, "", "0: no limit", "recipients per period; more are told 450"},
    {"period", duration, "", "1m", "what the rates are counted in"},
});

constexpr auto kTarpit = std::to_array<Key>({
    {"after", count, "", "0", "recipients of a transaction that are answered at once"},
    {"delay", duration, "", "1s", "before each further reply"},
});

constexpr auto kLoad = std::to_array<Key>({
    {"queue", count, "", "0: never", "messages in the queue; from so many on clients are told 421"},
    {"disk-free", share, "", "0", "what must be free of the disk; else MAIL is told 452"},
});

constexpr auto kGreylist = std::to_array<Key>({
    {"delay", duration, "", "5m", "from the first time on"},
    {"window", duration, "", "2d", "by then it must have come again"},
    {"memory", duration, "", "35d", "who is silent for so long is new again"},
    {"auto-whitelist", count, "", "5", "a client that passed so often is asked no more; 0: always asked"},
    {"key", choice, "triplet|network|anyone", "triplet",
     "what must come again: client, sender and recipient; the client's /24, sender and recipient; or sender "
     "and recipient only"},
    {"whitelist", texts, "", "none",
     "who is never asked: addresses of clients, networks such as 10.1.0.0/16, mailboxes, domains of senders"},
});

constexpr auto kTraffic = std::to_array<Key>({
    {"name", text, "", "made of from and to", "what the entry is called; its chance depends on it"},
    {"from", shape, "addresses", "required, or with eml the header's sender",
     "the senders: a set of addresses; \"<>\" is the null reverse-path"},
    {"to", shape, "addresses", "required, or with eml the header's recipients",
     "the recipients: a set of addresses"},
    {"host", text, "", "where the sender's agent is", "host whose user agent sends it"},
    {"at", duration, "", "0", "one time: all messages of the entry go out then"},
    {"every", duration, "", "", "one message after another in this interval"},
    {"poisson", duration, "", "", "messages at random, with this mean interval"},
    {"start", duration, "", "0", "when every or poisson begins"},
    {"count", count, "", "1", "messages of each sender, or in all with any(…)"},
    {"subject", text, "", "Hello", "of the composed message"},
    {"text", text, "", "a line", "of the composed message"},
    {"dsn", object, "dsn", "", "what the senders ask about notifications (RFC 3461)"},
    {"size", size, "", "as it comes", "of the whole composed message, filled up with generated text"},
    {"eml", texts, "", "", "send these files instead; patterns allowed, relative to the scenario's folder"},
});

constexpr auto kDns = std::to_array<Key>({
    {"mode", choice, "servers|static", "servers",
     "servers: name servers and resolvers that talk over the network; static: everybody knows every name"},
    {"ttl", duration, "", "1h", "how long an answer may be believed"},
    {"negative-ttl", duration, "", "5m", "how long it may be believed that there is none"},
    {"udp-size", count, "", "1232", "longest message over UDP in octets, more goes over TCP; 512: no EDNS"},
    {"root", text, "", "the most central node", "node that serves the root zone, and what nobody else does"},
    {"zones", map, "zone", "made of hosts and their domains", "what zones have beyond that, by domain name"},
});

constexpr auto kZone = std::to_array<Key>({
    {"servers", texts, "", "the host that has the domain; else the root's node", "nodes that serve the zone"},
    {"delegation", texts, "", "servers",
     "nodes that the zone above names as its servers; others than those are a lame delegation"},
    {"ttl", duration, "", "dns.ttl", "how long its answers may be believed"},
    {"mx", texts, "", "the host that has the domain",
     "who takes its mail, such as \"10 mx1\": preference, and a host or a domain name"},
    {"null-mx", flag, "", "false", "the domain takes no mail, and says so"},
    {"records", texts, "", "none", "further records, as in a master file: \"www A 10.0.0.9\""},
});

constexpr auto kGenerate = std::to_array<Key>({
    {"kind", shape, "kind", "required", "the rule; each has parameters of its own, see below"},
    {"seed", count, "", "the scenario's", "the chance in the shape of the network, apart from all other"},
});

constexpr auto kObjects = std::to_array<Object>({
    {"scenario", "The whole file.", kScenario},
    {"topology", "Nodes and links; a node that is not named in `hosts` is a router.", kTopology},
    {"defaults", "What links have that say nothing else.", kDefaults},
    {"link", "One link, or with the chain form a row of them.", kLink},
    {"lan", "A shared segment; each of its hosts hears the others.", kLan},
    {"generate", "A network made by rule.", kGenerate},
    {"host", "A mail host.", kHost},
    {"user", "A user with a mailbox.", kUser},
    {"moved", "Where a user went.", kMoved},
    {"submit-as", "Who a user agent's host says it is.", kSubmitAs},
    {"mailing-list", "A mailing list.", kMailingList},
    {"retry", "The schedule of tries.", kRetry},
    {"delivery", "How the queue hands mail to its destinations.", kDelivery},
    {"hold", "Messages that are held: both patterns match.", kHold},
    {"disk", "A host's disk.", kDisk},
    {"smtp", "How a host speaks SMTP.", kSmtp},
    {"bounces", "What a host tells of mail that it gives up.", kBounces},
    {"dsn", "What senders ask about notifications.", kDsn},
    {"relay", "For whom a host takes mail that does not end there.", kRelay},
    {"turn", "When a host asks for its mail.", kTurn},
    {"errors", "Sessions in which much is refused, as Postfix slows them down and ends them.", kErrors},
    {"clients", "What one client may do.", kClients},
    {"tarpit", "Slow replies to RCPT.", kTarpit},
    {"load", "When the host has too much to do already.", kLoad},
    {"greylist", "Who is new is told to come again later, as postgrey does it.", kGreylist},
    {"traffic", "One entry of traffic.", kTraffic},
    {"dns", "How names are resolved.", kDns},
    {"zone", "A zone of the DNS.", kZone},
});

}  // namespace

const Key* Object::find(std::string_view key) const {
  for (const Key& one : keys)
    if (one.name == key) return &one;
  return nullptr;
}

std::span<const Object> objects() {
  return kObjects;
}

const Object& object(std::string_view name) {
  for (const Object& one : kObjects)
    if (one.name == name) return one;
  assert(false && "no such object in the key table");
  __builtin_unreachable();
}

}  // namespace mailroom::scenario
