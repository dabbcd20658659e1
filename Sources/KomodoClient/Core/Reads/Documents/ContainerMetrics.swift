internal import JSON

/// How busy a container is, from the texts of `docker stats`.
enum ContainerMetrics {
    /// The documented texts with the numbers in them; empty without stats.
    ///
    /// Docker tells what went through the network since the start and no rates, so the documented
    /// `network_in` and `network_out` stay away.
    static func document(_ stats: JSONValue?, status: String = "") -> JSONObject {
        var document: JSONObject = [:]
        if let stats, stats.object != nil {
            document.put("cpu_usage", text: stats["cpu_perc"]?.string)
            document.put("cpu_usage_percent", decimal: percent(stats["cpu_perc"]))
            document.put("memory_usage", text: stats["mem_usage"]?.string)
            document.put("memory_usage_percent", decimal: percent(stats["mem_perc"]))
            let network = halves(stats["net_io"])
            document.put("network_received", text: network.first)
            document.put("network_sent", text: network.second)
            let block = halves(stats["block_io"])
            document.put("block_read", text: block.first)
            document.put("block_written", text: block.second)
            document.put("processes", int: stats["pids"]?.string.flatMap { Int64($0) })
        }
        document.put("uptime", text: DockerStatus.uptime(status))
        return document
    }

    private static func percent(_ value: JSONValue?) -> Double? {
        value?.string.flatMap { Double($0.filter { $0 != "%" && $0 != " " }) }
    }

    /// The two sides of `1.2kB / 3.4kB`.
    private static func halves(_ value: JSONValue?) -> (first: String?, second: String?) {
        let parts = (value?.string ?? "").split(separator: "/").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return parts.count == 2 ? (parts[0], parts[1]) : (nil, nil)
    }
}
