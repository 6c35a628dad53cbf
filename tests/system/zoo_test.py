# SPDX-License-Identifier: GPL-2.0-only
"""Maps of real networks that Mailroom did not ship: the Internet Topology Zoo's, as they are."""

import json
import shutil
import unittest
import xml.etree.ElementTree as ElementTree

import laboratory
from laboratory import SHARED, Laboratory, edit, read_only

MAPS = SHARED / "topologies"
NAMES = ["Abilene", "AttMpls", "DialtelecomCz", "Garr201201", "Geant2012", "Interoute", "Psnc", "Sprint"]
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def of_the_file(path):
    """Nodes and links of a GraphML file, by an XML reader that is not ours; without links of a node to itself."""
    root = ElementTree.parse(path).getroot()
    links = [(edge.get("source"), edge.get("target")) for edge in root.iter(GRAPHML + "edge")]
    return [node.get("id") for node in root.iter(GRAPHML + "node")], [(a, b) for a, b in links if a != b]


def number_of_components(nodes, links):
    leader = {node: node for node in nodes}

    def find(node):
        while leader[node] != node:
            node = leader[node]
        return node

    for a, b in links:
        leader[find(a)] = find(b)
    return len({find(node) for node in nodes})


@unittest.skipUnless(MAPS.is_dir(), f"no {MAPS}")
class Zoo(Laboratory):
    def test_all_eight_maps_load(self):
        for name in NAMES:
            with self.subTest(name):
                path = MAPS / f"{name}.graphml"
                nodes, links = of_the_file(path)
                said = json.loads(self.call("topology", path, "--json").stdout)
                self.assertEqual(len(said["nodes"]), len(nodes))
                self.assertEqual(len(said["links"]), len(links))
                self.assertEqual(len(said["components"]), number_of_components(nodes, links))
                self.assertEqual(len({node["name"] for node in said["nodes"]}), len(nodes), "names are unique")
                for link in said["links"]:
                    self.assertTrue(link["rate_bps"] is None or link["rate_bps"] > 0, link)

    def test_a_missing_link_is_noticed(self):
        path = self.folder / "less.graphml"
        tree = ElementTree.parse(MAPS / "Abilene.graphml")
        graph = tree.getroot().find(GRAPHML + "graph")
        graph.remove(next(graph.iter(GRAPHML + "edge")))
        tree.write(path)
        said = json.loads(self.call("topology", path, "--json").stdout)
        self.assertNotEqual(len(said["links"]), len(of_the_file(MAPS / "Abilene.graphml")[1]))

    def mail_between_all(self, name):
        path = MAPS / f"{name}.graphml"
        scenario = self.scenario(f"{name.lower()}.yaml", {
            "record": "mail",
            "topology": {"file": str(path)},
            "hosts": {"*": {"domains": ["{name}.example"], "users": ["ann"]}},
            "traffic": [{"from": "each(*@*)", "to": "each(*@*)", "size": "1kB"}]})
        run = self.run_file(scenario)
        sites = [node["name"] for node in json.loads(self.call("topology", path, "--json").stdout)["nodes"]]
        self.assertEqual(len(sites), len(of_the_file(path)[0]))
        pairs = {(a, b) for a in sites for b in sites if a != b}
        summary = self.assert_conserved(run)
        self.assertEqual(summary["delivered"], len(pairs))
        self.assertEqual(summary["duplicates"], 0)
        self.assertEqual(self.delivered_pairs(run), pairs)
        return run

    @staticmethod
    def delivered_pairs(run):
        """(site of the author, site of the mailbox) of every delivery, from the events."""
        connection = read_only(run)
        composed = dict(connection.execute(
            "SELECT message, host FROM event_named WHERE kind = 'message.composed'"))
        arrived = connection.execute("SELECT message, host FROM event_named WHERE kind = 'copy.delivered'").fetchall()
        connection.close()
        return {(composed[message].decode(), host.decode()) for message, host in arrived}

    def test_abilene_carries_mail_between_all_its_sites(self):
        run = self.mail_between_all("Abilene")
        whole = self.delivered_pairs(run)
        copy = self.folder / "copy.mailroom"
        shutil.copy(run, copy)
        edit(copy, "DELETE FROM event WHERE id = (SELECT max(id) FROM event_named WHERE kind = 'copy.delivered')")
        self.assertEqual(len(self.delivered_pairs(copy)), len(whole) - 1, "a missing pair is noticed")

    def test_geant_carries_mail_between_all_its_sites(self):
        self.mail_between_all("Geant2012")


if __name__ == "__main__":
    laboratory.main()
