"""Makes the files that are dropped: always the same ones for the same count, invented, and written as a stream."""

import json
import random
from datetime import datetime, timedelta, timezone

try:
    from orjson import dumps
except ImportError:
    def dumps(value):
        """What orjson writes, with what Python brings along."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

COMPANY_ID = 8089
FIRST_COMPANY = 500_000
FIRST_PROJECT = 310_000
FIRST_COST_CODE = 71_000

BEGINNINGS = (
    "Ald Ash Bar Beck Bell Birch Black Brad Bran Brook Cald Carl Carv Clay Cliff Cold Cor Crag Dal Darn Dun East Elk "
    "Ell Fair Farn Fen Fern Flint Gar Glen Gold Gran Green Hale Hart Hazel Heath Hol Iron Kel Kirk Lang Lark Lin Lock "
    "Mar Mead Mill Nor Oak Pem Pine Quar Red Rock Rose Row Sand Sel Sil Stan Stone Sum Thorn Tor Wal West Whit Wil "
    "Win Wood Yar Béla Gonz Muñ Noë"
).split()
ENDINGS = (
    "berg bridge brook burn by dale den field ford grove ham holt hurst ley man more ridge stead ton well wick worth"
).split()
TRADES = [
    "Concrete", "Masonry", "Steel Erectors", "Roofing", "Drywall", "Glass", "Electric", "Plumbing", "Mechanical",
    "Heating & Air", "Paving", "Excavating", "Demolition", "Fencing", "Landscape", "Painting", "Flooring",
    "Tile & Stone", "Millwork", "Cabinets", "Insulation", "Waterproofing", "Fire Protection", "Elevator", "Survey",
    "Crane Service", "Scaffold", "Rebar", "Lumber", "Supply", "Equipment Rental", "Testing Lab", "Doors & Frames",
    "Hardware", "Signs", "Trucking", "Aggregates", "Pipe & Valve", "Controls", "Window Systems",
]
FORMS = ["", " Inc.", " LLC", " Co.", " & Sons", " Group", " Bros.", " Corp."]
STREETS = ["Quarry Rd", "Foundry Ln", "Orchard St", "Port Way", "Mill St", "Depot Ave", "Harbor Blvd", "Linden Ave",
           "Summit Dr", "Canal St", "Alder Ct", "Railroad Ave"]
UNITS = ["", "", "", "", "", "", ", Unit 7", ", Suite 210", ", Building C, Dock 4, behind the old depot",
         "\nP.O. Box 281"]
CITIES = [("Boise", "ID", "837"), ("Nampa", "ID", "836"), ("Tacoma", "WA", "984"), ("Kent", "WA", "980"),
          ("Yakima", "WA", "989"), ("Salem", "OR", "973"), ("Bend", "OR", "977"), ("Provo", "UT", "846"),
          ("Casper", "WY", "826"), ("Butte", "MT", "597")]
WORK = ["Footings and slab", "Structural steel", "Rough carpentry", "Roof membrane", "Storm drain", "Site grading",
        "Door hardware", "Acoustic ceilings", "Switchgear", "Duct & fittings", "Fire sprinklers", "Curb & gutter"]

MORE_NAMES = sorted({first + last for first in BEGINNINGS for last in ENDINGS})
NAMES = len(MORE_NAMES) * len(TRADES) * len(FORMS)
STEP = 387_420_489  # A power of 3, which shares no factor with NAMES: every number up to NAMES is met once.


def name(number):
    """The name of a company: unique among the first NAMES, and in no order."""
    place = number * STEP % NAMES
    place, form = divmod(place, len(FORMS))
    first, trade = divmod(place, len(TRADES))
    return f"{MORE_NAMES[first]} {TRADES[trade]}{FORMS[form]}"


def moment(number):
    """A time of 2026, growing with the number."""
    return datetime(2026, 1, 5, 8, tzinfo=timezone.utc) + timedelta(seconds=37 * (number % 500_000))


def place(chance):
    """A street, a city, the letters of its state, and a postal code."""
    city, state, zip_start = chance.choice(CITIES)
    street = f"{chance.randrange(1, 9900)} {chance.choice(STREETS)}{chance.choice(UNITS)}"
    return street, city, state, f"{zip_start}{chance.randrange(100):02}"


def phone(chance):
    return f"{chance.randrange(201, 990)}-555-{chance.randrange(10_000):04}"


def company(number, chance):
    """A company as Procore's list of vendors gives it."""
    street, city, state, postal_code = place(chance)
    title = name(number)
    at = moment(number).strftime("%Y-%m-%dT%H:%M:%SZ")
    has_mail = chance.random() < 0.6
    return {
        "id": FIRST_COMPANY + number, "name": title, "abbreviated_name": None, "address": street,
        "authorized_bidder": chance.random() < 0.5, "business_phone": phone(chance), "city": city,
        "contact_count": chance.randrange(4), "company": title, "country_code": "US", "created_at": at,
        "email_address": f"office{number}@builders.example" if has_mail else None,
        "fax_number": phone(chance) if chance.random() < 0.4 else None, "is_active": True, "labor_union": None,
        "license_number": None, "mobile_phone": None, "notes": None, "origin_data": None,
        "origin_id": None, "origin_code": None, "prequalified": False, "state_code": state, "synced_to_erp": False,
        "trade_name": None, "union_member": False, "updated_at": at, "website": None, "zip": postal_code,
    }


def write_list(path, records):
    """Writes records as one JSON list."""
    with open(path, "wb", buffering=1 << 20) as file:
        before = b"[\n"
        for record in records:
            file.write(before + dumps(record))
            before = b",\n"
        file.write(b"\n]\n")


def companies(path, count, start=0):
    """A list of companies in one file."""
    chance = random.Random(start + 1)
    write_list(path, (company(number, chance) for number in range(start, start + count)))


def single_companies(folder, count, start=0):
    """Companies, each in a file of its own; gives the names of the files."""
    chance = random.Random(start + 2)
    names = []
    for number in range(start, start + count):
        names.append(f"vendor-{number:06}.json")
        (folder / names[-1]).write_bytes(dumps([company(number, chance)]))
    return names


def vendor_ret(number, chance):
    """A vendor as QuickBooks shows it in an answer."""
    street, city, state, postal_code = place(chance)
    street = street.split("\n")[0][:41]
    title = name(number).replace("&", "&amp;").encode("ascii", "xmlcharrefreplace").decode()
    made = moment(number).strftime("%Y-%m-%dT%H:%M:%S-07:00")
    stamp = 1_767_600_000 + number
    fax = f"<Fax>{phone(chance)}</Fax>\n" if chance.random() < 0.4 else ""
    contact = f"<Contact>Office {number}</Contact>\n" if chance.random() < 0.3 else ""
    return (
        f"<VendorRet>\n<ListID>{0x80000000 + number:X}-{stamp}</ListID>\n<TimeCreated>{made}</TimeCreated>\n"
        f"<TimeModified>{made}</TimeModified>\n<EditSequence>{stamp}</EditSequence>\n<Name>{title}</Name>\n"
        f"<IsActive>true</IsActive>\n<CompanyName>{title}</CompanyName>\n<VendorAddress>\n<Addr1>{title}</Addr1>\n"
        f"<Addr2>{street}</Addr2>\n<City>{city}</City>\n<State>{state}</State>\n"
        f"<PostalCode>{postal_code}</PostalCode>\n</VendorAddress>\n<Phone>{phone(chance)}</Phone>\n{fax}"
        f"{contact}<NameOnCheck>{title}</NameOnCheck>\n"
        f"<IsVendorEligibleFor1099>false</IsVendorEligibleFor1099>\n<Balance>0.00</Balance>\n</VendorRet>\n"
    )


def vendor_response(path, count):
    """QuickBooks' answer to a query for all vendors."""
    chance = random.Random(3)
    with open(path, "w", encoding="ascii", buffering=1 << 20) as file:
        file.write('<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n<VendorQueryRs requestID="1" statusCode="0" '
                   'statusSeverity="Info" statusMessage="Status OK">\n')
        for number in range(count):
            file.write(vendor_ret(number, chance))
        file.write("</VendorQueryRs>\n</QBXMLMsgsRs>\n</QBXML>\n")


def full_code(number):
    return f"{1 + number // 20:02}-{100 + number % 20 * 10}"


def cost_codes(path, count):
    """The standard cost codes that become items."""
    write_list(path, (
        {"id": FIRST_COST_CODE + number, "standard_cost_code_list_id": 640, "parent_id": None,
         "code": full_code(number), "full_code": full_code(number), "name": f"{WORK[number % len(WORK)]} {number}",
         "origin_id": None, "origin_data": None}
        for number in range(count)))


def projects(path, count):
    """The projects that become jobs."""
    write_list(path, (
        {"id": FIRST_PROJECT + number, "name": f"{MORE_NAMES[number]} Library", "project_number": f"{2600 + number}",
         "active": True, "address": f"{number + 1} Main St", "city": "Boise", "state_code": "ID", "zip": "83702",
         "updated_at": "2026-01-05T15:00:00Z", "origin_id": None, "origin_data": None}
        for number in range(count)))


def commitments(path, count, lines=6, vendors=400, jobs=100, items=300):
    """Approved commitments with their lines; every second one by units, the others as lump sums."""
    chance = random.Random(4)
    write_list(path, (commitment(number, lines, vendors, jobs, items, chance) for number in range(count)))


def commitment(number, lines, vendors, jobs, items, chance):
    is_unit = number % 2 == 0
    total = 0
    rows = []
    for line in range(lines):
        if is_unit:
            pieces, cents = chance.randrange(1, 400), chance.randrange(100, 90_000)
        else:
            pieces, cents = 1, chance.randrange(10_000, 9_000_000)
        total += pieces * cents
        item = chance.randrange(items)
        rows.append({
            "id": 6_000_000 + number * lines + line, "amount": dollars(pieces * cents),
            "description": chance.choice(WORK), "extended_type": "calculated" if is_unit else "manual",
            "quantity": f"{pieces}.0" if is_unit else "0.0", "unit_cost": dollars(cents) if is_unit else "0.0",
            "cost_code": {"full_code": full_code(item)},
        })
    day = moment(number).strftime("%Y-%m-%d")
    job = chance.randrange(jobs)
    return {
        "id": 1_200_000 + number, "number": f"{'PO' if is_unit else 'SC'}-{number:06}", "title": chance.choice(WORK),
        "status": "Approved", "accounting_method": "unit" if is_unit else "amount",
        "description": f"<p>Furnish &amp; install per <b>S{number % 9}.0</b></p>", "contract_date": day,
        "grand_total": dollars(total), "executed": True, "inclusions": "", "exclusions": "",
        "updated_at": f"{day}T16:00:00Z",
        "vendor": {"id": FIRST_COMPANY + chance.randrange(vendors)},
        "project": {"id": FIRST_PROJECT + job}, "line_items": rows,
    }


def dollars(cents):
    """A decimal as Procore writes it: 212.5, never 212.50, and 40.0, never 40."""
    text = f"{cents // 100}.{cents % 100:02}"
    return text[:-1] if text.endswith("0") else text
