// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/delays.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/topologies/reading.hpp"
#include "topologies/real_math.hpp"

namespace mailroom::topology {
namespace {

TEST(RealMath, AgreesWithTheLibraryToTheLastDigits) {
  for (int i = -1000; i <= 1000; ++i) {
    const double x = i * 0.037;
    EXPECT_NEAR(exact_sin(x), std::sin(x), 3e-15) << x;
    EXPECT_NEAR(exact_cos(x), std::cos(x), 3e-15) << x;
    EXPECT_NEAR(exact_asin(i / 1000.0), std::asin(i / 1000.0), 3e-15) << i;
    if (i <= 0) {
      EXPECT_NEAR(exact_exp(x) / std::exp(x), 1, 1e-12) << x;
    }
  }
  EXPECT_EQ(exact_exp(0), 1);
  EXPECT_EQ(exact_exp(-1e9), 0);
}

TEST(Delays, FollowTheGreatCircle) {
  // A quarter of the way round the Earth, along the equator and to the pole.
  const double quarter = kEarthRadiusKm * kPi / 2;
  EXPECT_NEAR(great_circle_km(0, 0, 0, 90), quarter, 1e-6);
  EXPECT_NEAR(great_circle_km(0, 17, 90, -40), quarter, 1e-6);
  EXPECT_NEAR(great_circle_km(10, 20, -10, -160), 2 * quarter, 1e-3);
  EXPECT_EQ(great_circle_km(50, 14, 50, 14), 0);
  // Across the date line it is no farther than elsewhere.
  EXPECT_NEAR(great_circle_km(0, 179.5, 0, -179.5), great_circle_km(0, 0, 0, 1), 1e-6);
  // Prague to Vienna: about 251 km.
  EXPECT_NEAR(great_circle_km(50.0755, 14.4378, 48.2082, 16.3738), 251, 2);
}

TEST(Delays, AreThoseOfLightInFibre) {
  EXPECT_EQ(fibre_delay_ns(0, 0, 0, 90), 50'037'786);  // 10,007.557 km at 200,000 km/s
  EXPECT_EQ(fibre_delay_ns(50, 14, 50, 14), 1'000);
}

TEST(Delays, AreFilledInOnlyWhereNoneIsGiven) {
  Graph graph(4);
  graph[0].latitude = graph[0].longitude = 0;
  graph[1].latitude = 0;
  graph[1].longitude = 90;
  graph[3].is_lan = true;
  boost::add_edge(0, 1, graph);
  boost::add_edge(0, 2, graph);
  boost::add_edge(0, 3, graph);
  Link given;
  given.rate_bps = 64'000;
  given.delay_ns = 0;
  boost::add_edge(0, 1, given, graph);
  ASSERT_EQ(links_of(graph)[0].delay_ns, -1);

  EXPECT_EQ(fill_defaults(graph, {.rate_bps = 7, .delay_ns = 8, .lan_rate_bps = 9, .lan_delay_ns = 10}), 3u);
  const auto links = links_of(graph);
  EXPECT_EQ(links[0].delay_ns, 50'037'786);
  EXPECT_EQ(links[0].rate_bps, 7);
  EXPECT_EQ(links[1].delay_ns, 8);
  EXPECT_EQ(links[2].rate_bps, 9);
  EXPECT_EQ(links[2].delay_ns, 10);
  EXPECT_EQ(links[3].rate_bps, 64'000);
  EXPECT_EQ(links[3].delay_ns, 0);
  EXPECT_EQ(fill_defaults(graph), 0u);
}

}  // namespace
}  // namespace mailroom::topology
