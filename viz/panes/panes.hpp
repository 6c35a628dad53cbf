// SPDX-License-Identifier: GPL-2.0-only
// How each pane is made; which there are, and in which order, is said in all.cpp.
#pragma once

#include <memory>

#include "viz/app/pane.hpp"

namespace mailroom::viz {

std::unique_ptr<Pane> start_pane();  // what to do first, while no run is open
std::unique_ptr<Pane> live_bar_pane();          // a live run: how it is, pause, pace; branches; the mystery
std::unique_ptr<Pane> scenario_trouble_pane();  // the mistakes of a scenario that could not be run
std::unique_ptr<Pane> faults_pane();            // in force, planned, over; adds what belongs to live runs and faults
std::unique_ptr<Pane> smtp_terminal_pane();     // a person types SMTP in a live run
std::unique_ptr<Pane> notes_pane();  // a reader's notes, which are the stops of presenter mode
std::unique_ptr<Pane> ladder_pane(); // the sequence diagram of a session or of a message
std::unique_ptr<Pane> events_pane();  // the list of events

std::unique_ptr<Pane> canvas_pane();  // the network, and mail moving in it
std::unique_ptr<Pane> plots_pane();  // delays, queues, hops, replies, throughput, two runs

std::unique_ptr<Pane> hosts_pane();    // all hosts, with a sign for how each is
std::unique_ptr<Pane> host_pane();     // one host: mail flow, queue, mailboxes, protocol states, names

std::unique_ptr<Pane> message_pane();  // one message: where it is, envelope and header, trace, text
std::unique_ptr<Pane> why_pane();      // the chain of causes
std::unique_ptr<Pane> transport_pane();
std::unique_ptr<Pane> timeline_pane();

}  // namespace mailroom::viz
