// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/receiver_options.hpp"

#include <algorithm>
#include <utility>

#include "sim/agents/relay_permission.hpp"

namespace mailroom::agents {

namespace {

// AUTH is offered where there is a password to know.
smtp::AuthMechanisms mechanisms_of(const scenario::Host& config) {
  smtp::AuthMechanisms mechanisms;
  const auto has_password = [](const scenario::User& user) { return user.password.has_value(); };
  if (!std::ranges::any_of(config.users, has_password)) return mechanisms;
  for (const std::string& name : config.smtp.receiving.auth)
    if (const auto mechanism = smtp::auth_mechanism_of(name)) mechanisms.add(*mechanism);
  return mechanisms;
}

void offer_extensions(smtp::ServerOptions& options, const scenario::Host& config, Service service) {
  const scenario::Receiving& receiving = config.smtp.receiving;
  options.offered.pipelining = config.smtp.pipelining;
  options.offered.chunking = receiving.chunking;
  options.offered.auth = mechanisms_of(config);
  options.auth_required = service == Service::submission && options.offered.auth.any();
  if (receiving.limits) options.offered.limits.recipients = config.smtp.recipient_limit;
  options.offered.dsn = receiving.dsn;
  options.offered.smtputf8 = receiving.smtputf8;
  options.offered.etrn = receiving.etrn.value_or(RelayPermission(config).stands_in());
}

}  // namespace

std::shared_ptr<const smtp::ServerOptions> receiver_options(const scenario::Host& config, Service service) {
  using Eighth = scenario::SmtpPolicy::EighthBit;
  const scenario::SmtpPolicy& policy = config.smtp;
  const scenario::Receiving& receiving = policy.receiving;
  smtp::ServerOptions options{.domain = config.hostname};
  if (policy.extended) {
    offer_extensions(options, config, service);
    options.errors = {.soft = static_cast<int>(receiving.errors.soft),
                      .hard = static_cast<int>(receiving.errors.hard),
                      .junk = static_cast<int>(receiving.errors.junk),
                      .sleep_ns = receiving.errors.sleep_ns};
  } else {
    options = smtp::ServerOptions::rfc821(config.hostname, policy.eighth_bit == Eighth::refuse
                                                               ? smtp::EighthBit::refuse
                                                               : smtp::EighthBit::clear);
  }
  if (policy.bare_line_end == scenario::SmtpPolicy::BareLineEnd::refuse)
    options.bare_line_end = smtp::BareLineEnd::refuse;
  options.size_limit_octets = policy.message_size_limit_bytes;
  options.recipient_limit = static_cast<int>(policy.recipient_limit);
  options.honour_source_routes = policy.on_source_routes() != scenario::SourceRoutes::ignore;
  using Vrfy = scenario::SmtpPolicy::Vrfy;
  options.verify = policy.vrfy == Vrfy::ask       ? smtp::Query::ask
                   : policy.vrfy == Vrfy::decline ? smtp::Query::decline
                                                  : smtp::Query::not_implemented;
  options.expand = policy.expn ? smtp::Query::ask : smtp::Query::not_implemented;
  options.texts = policy.lecture_texts ? smtp::TextProfile::lecture : smtp::TextProfile::modern;
  options.command_time_out_ns = receiving.idle_time_out_ns;
  options.greeting_delay_ns = receiving.greeting_delay_ns;
  options.early_talker =
      receiving.refuses_early_talkers ? smtp::EarlyTalker::refuse : smtp::EarlyTalker::keep;
  return smtp::share(std::move(options));
}

}  // namespace mailroom::agents
