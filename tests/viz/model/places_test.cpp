// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/places.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <thread>

#include "viz/model/spreading.hpp"

namespace mailroom::viz {
namespace {

trace::HostRow on_earth(double latitude, double longitude) {
  return {.name = "n", .x = 0.5, .y = 0.5, .latitude = latitude, .longitude = longitude};
}
trace::HostRow on_paper(double x, double y) {
  return {.name = "n", .x = x, .y = y};
}

double distance(MapPoint a, MapPoint b) {
  return std::hypot(a.x - b.x, a.y - b.y);
}

double least_distance(const std::vector<MapPoint>& places) {
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = i + 1; j < places.size(); ++j)
      least = std::min(least, distance(places[i], places[j]));
  }
  return least;
}

TEST(Places, AreNoneForANetworkOfNothing) {
  EXPECT_TRUE(places_of({}).empty());
  EXPECT_EQ(bounds_of({}), MapBox());
}

TEST(Places, PutASingleHostInTheMiddle) {
  trace::RunHeader header;
  header.hosts = {on_paper(0.9, 0.1)};
  EXPECT_EQ(places_of(header), std::vector<MapPoint>{{}});
}

TEST(Places, HaveNorthAboveAndEastToTheRight) {
  trace::RunHeader header;
  header.hosts = {on_earth(50, 10), on_earth(40, 10), on_earth(45, 20)};
  const auto places = places_of(header);
  EXPECT_LT(places[0].y, places[1].y);
  EXPECT_NEAR(places[0].x, places[1].x, 1e-9);
  EXPECT_GT(places[2].x, places[0].x);
}

TEST(Places, StretchTheMapTowardsThePolesAsMercatorDoes) {
  trace::RunHeader header;
  header.hosts = {on_earth(0, 0), on_earth(30, 0), on_earth(45, 60), on_earth(75, 60)};
  const auto places = places_of(header);
  const double south = places[0].y - places[1].y;
  const double north = places[2].y - places[3].y;
  EXPECT_NEAR(north / south, 65.67 / 31.47, 0.01);  // from the tables of Mercator's projection, in degrees
}

TEST(Places, KeepANetworkAcrossThePacificInOnePiece) {
  trace::RunHeader header;
  header.hosts = {on_earth(35, 140), on_earth(-37, 175),
                  on_earth(37, -122)};  // Tokyo, Auckland, San Francisco
  const auto places = places_of(header);
  EXPECT_LT(places[0].x, places[1].x);
  EXPECT_LT(places[1].x, places[2].x);
}

TEST(Places, PutHostsWithoutCoordinatesBesideTheirNeighbour) {
  trace::RunHeader header;
  header.hosts = {on_earth(50, 0), on_earth(50, 40), on_earth(30, 20), on_paper(0.1, 0.0)};
  header.hosts[0].x = 0.0;
  header.hosts[0].y = 0.0;
  header.hosts[1].x = 1.0;
  header.hosts[1].y = 0.0;
  header.hosts[2].y = 0.6;
  header.links = {{.name = "a", .from = {4}, .to = {1}}};
  const auto places = places_of(header);
  EXPECT_LT(distance(places[3], places[0]), distance(places[3], places[1]));
  EXPECT_LT(distance(places[3], places[0]), distance(places[3], places[2]));
  EXPECT_GT(places[3].x, places[0].x);
}

TEST(Places, KeepTheShapeOfADrawing) {
  trace::RunHeader header;
  header.hosts = {on_paper(0, 0), on_paper(1, 0), on_paper(1, 0.5), on_paper(0, 0.5)};
  const auto places = places_of(header);
  EXPECT_NEAR(distance(places[0], places[1]) / distance(places[1], places[2]), 2, 1e-9);
  EXPECT_NEAR(bounds_of(places).left, -bounds_of(places).right, 1e-9);
}

TEST(Places, LayATallLineDownWithTheFirstHostToTheLeft) {
  trace::RunHeader header;
  header.hosts = {on_paper(0.5, 1), on_paper(0.5, 0.5), on_paper(0.5, 0)};
  const auto places = places_of(header);
  EXPECT_LT(places[0].x, places[1].x);
  EXPECT_LT(places[1].x, places[2].x);
  EXPECT_NEAR(places[0].y, places[2].y, 1e-9);
}

TEST(Places, SpreadHostsThatAreAtOnePlace) {
  trace::RunHeader header;
  for (int i = 0; i < 40; ++i) header.hosts.push_back(on_earth(48.2, 16.4));
  header.hosts.push_back(on_earth(52.5, 13.4));
  header.hosts.push_back(on_earth(41.9, 12.5));
  EXPECT_GT(least_distance(places_of(header)), 0.4);
}

TEST(Places, AreFoundByLayoutIfTheFileHasNone) {
  trace::RunHeader header;
  for (int i = 0; i < 12; ++i) header.hosts.push_back({.name = "h" + std::to_string(i)});
  for (int i = 1; i < 12; ++i) header.links.push_back({.name = "l", .from = {i}, .to = {i + 1}});
  EXPECT_GT(least_distance(places_of(header)), 0.3);
}

TEST(Places, SurviveAFileWithNonsense) {
  trace::RunHeader header;
  header.hosts = {on_earth(1e300, std::numeric_limits<double>::quiet_NaN()),
                  on_paper(std::numeric_limits<double>::infinity(), 3), on_earth(90, 180),
                  on_earth(-90, 1e9)};
  header.links = {{.name = "a", .from = {1}, .to = {99}},
                  {.name = "b", .from = {-5}, .to = {2}},
                  {.name = "c", .from = {3}, .to = {3}}};
  for (const MapPoint& place : places_of(header)) {
    EXPECT_TRUE(std::isfinite(place.x) && std::isfinite(place.y));
  }
}

TEST(Places, OfAFileWithoutCoordinatesComeFromAThreadWhenTheyAreMany) {
  trace::RunHeader header;
  for (int i = 0; i < 400; ++i) header.hosts.push_back({.name = "h" + std::to_string(i)});
  for (int i = 2; i <= 400; ++i) header.links.push_back({.name = "l", .from = {i / 2}, .to = {i}});
  PlaceFinder finder(header);
  EXPECT_EQ(finder.places().size(), 400U);
  const std::vector<MapPoint> first = finder.places();
  for (int i = 0; i < 1000 && !finder.is_final(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(finder.is_final());
  EXPECT_EQ(finder.places(), places_of(header));
  EXPECT_NE(finder.places(), first);
}

TEST(Spreading, LeavesPointsAloneThatAreFarEnough) {
  std::vector<MapPoint> points = {{0, 0}, {1, 0}, {0, 1}};
  const auto before = points;
  spread(points, 0.9);
  EXPECT_EQ(points, before);
}

TEST(Spreading, TakesFiveThousandPointsOnOneSpotApart) {
  std::vector<MapPoint> points(5000, MapPoint{2, 2});
  spread(points, 0.5);
  EXPECT_GT(least_distance(points), 0.3);
}

}  // namespace
}  // namespace mailroom::viz
