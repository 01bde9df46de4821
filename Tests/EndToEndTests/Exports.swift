/// Invented exports, as Procore saves them.
enum Exports {
    static func vendors(_ numbers: some Sequence<Int>, phone: String = "253-555-0100") -> String {
        list(
            numbers.map { number in
                """
                {"id": \(401_000 + number), "name": "Fixture Söhne & Sons \(number)", "address": "\(number) Main St, Suite 4",
                 "city": "Tacoma", "state_code": "WA", "zip": "98402", "business_phone": "\(phone)", "fax_number": null,
                 "is_active": true, "synced_to_erp": false, "updated_at": "2026-06-10T16:05:11Z",
                 "origin_id": null, "origin_data": null}
                """
            })
    }

    static func projects(_ numbers: some Sequence<Int>) -> String {
        list(
            numbers.map { number in
                """
                {"id": \(225_000 + number), "name": "Harbor Phase \(number)", "project_number": "\(number)",
                 "time_zone": "US/Pacific", "active": true, "address": "\(number) Pier Rd, Dock B", "city": "Olympia",
                 "state_code": "WA", "zip": "98501", "updated_at": "2026-06-10T16:05:11Z", "origin_id": null}
                """
            })
    }

    static func costCodes(_ numbers: some Sequence<Int>) -> String {
        list(
            numbers.map { number in
                """
                {"id": \(71_000 + number), "standard_cost_code_list_id": 5512, "parent_id": null, "code": "C\(number)",
                 "full_code": "C\(number)", "name": "Code \(number) – rough-in", "origin_id": null, "origin_data": null}
                """
            })
    }

    private static func list(_ records: [String]) -> String {
        "[\n" + records.joined(separator: ",\n") + "\n]\n"
    }
}
