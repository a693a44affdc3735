"""Reference data on the page: entered with a look at what changes, refused beside the field, corrected with a cause."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import find_faults
from tests.support.lamp_town import LampTown

pytestmark = [pytest.mark.browser, pytest.mark.services]


def open_reference(page: Page, key: str, kind: str) -> Locator:
    page.goto(f"/#key={key}")
    panel = page.locator("details.reference")
    panel.locator("summary").first.click()
    panel.get_by_label("Nature des données").select_option(label=kind)
    return panel


def fill_tariff(panel: Locator, price: str, valid_from: str) -> None:
    panel.get_by_role("button", name="Ajouter").click()
    panel.get_by_label("Énergie ou fluide").select_option(label="électricité")
    panel.get_by_label("Usage").select_option(label="éclairage")
    panel.get_by_label("Prix hors taxe").fill(price)
    panel.get_by_label("Valable à partir du").fill(valid_from)


def test_a_tariff_is_entered_after_a_look_at_what_it_changes(page: Page, key: str, tmp_path: Path) -> None:
    """The unit comes with the energy; faults stand beside their fields; the preview names the KPIs told again."""
    panel = open_reference(page, key, "Tarifs")
    expect(panel).to_contain_text("Rien n’est encore saisi.")
    fill_tariff(panel, "0,2o", "2025-01-01")
    expect(panel.get_by_label("Unité")).to_have_value("kW.h")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.get_by_label("Prix hors taxe")).to_be_focused()
    expect(panel.locator("[data-field=price_eur] .fault")).to_have_text("Un nombre est attendu, comme 0,25.")
    panel.get_by_label("Prix hors taxe").fill("0,21")
    panel.get_by_label("Unité").fill("MW.h")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.locator("[data-field=unit] .fault")).to_have_text("Le prix se donne par kW.h.")
    assert find_faults(page) == []
    page.screenshot(path=tmp_path / "form.png", full_page=True)
    panel.get_by_label("Unité").fill("kW.h")
    page.keyboard.press("Enter")
    expect(panel.locator(".change")).to_contain_text("Énergie d’éclairage (lampes)")
    expect(panel.get_by_role("heading", name="Ce qui va changer")).to_be_focused()
    assert find_faults(page) == []
    page.screenshot(path=tmp_path / "change.png", full_page=True)
    panel.get_by_role("button", name="Enregistrer").click()
    expect(panel.get_by_role("status")).to_contain_text("Enregistré")
    row = panel.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("0,21")
    expect(row).to_contain_text("en vigueur")
    assert find_faults(page) == []
    page.screenshot(path=tmp_path / "list.png", full_page=True)


def test_a_new_price_ends_the_old_one_and_a_correction_needs_a_cause(page: Page, key: str) -> None:
    panel = open_reference(page, key, "Tarifs")
    fill_tariff(panel, "0,2", "2025-01-01")
    save(panel)
    fill_tariff(panel, "0,3", "2026-01-01")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.locator(".change")).to_contain_text("L’entrée en vigueur prend fin le 1 janv. 2026")
    panel.get_by_role("button", name="Enregistrer").click()
    expect(panel.locator("tbody tr")).to_have_count(2)
    panel.locator("tbody tr", has_text="0,3").get_by_role("button", name="Modifier").click()
    panel.get_by_label("Prix hors taxe").fill("0,31")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.locator(".change")).to_contain_text("Prix hors taxe : 0,3\u202f€ → 0,31\u202f€")
    panel.get_by_role("button", name="Enregistrer").click()
    expect(panel.get_by_role("alert")).to_contain_text("dites pourquoi")
    panel.get_by_label("Pourquoi cette correction du passé").fill("Facture mal lue")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_contain_text("Enregistré")
    expect(panel.locator("tbody")).to_contain_text("0,31")


def test_a_collection_plan_is_entered_in_english_and_taken_away(page: Page, key: str) -> None:
    panel = open_reference(page, key, "Plans de collecte")
    page.get_by_role("button", name="English").click()
    panel.get_by_role("button", name="Add").click()
    panel.get_by_label("Sector").fill("nord")
    panel.get_by_label("Waste stream").fill("glass")
    panel.get_by_label("Every … weeks").fill("2")
    panel.get_by_label("From").fill("2090-01-05")
    panel.get_by_label("Starts at").fill("05:30")
    panel.get_by_role("button", name="See what changes").click()
    expect(panel.locator("[data-field=weekdays] .fault")).to_have_text("Needed.")
    panel.get_by_label("Tuesday").check()
    panel.get_by_label("Friday").check()
    panel.get_by_role("button", name="See what changes").click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.locator("tbody tr")).to_contain_text("Tue, Fri")
    expect(panel.locator("tbody tr")).to_contain_text("to come")
    panel.get_by_role("button", name="Take away").click()
    expect(panel.locator(".change")).to_contain_text("as if it had never held")
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_contain_text("Nothing is entered yet.")


def test_a_key_that_only_reads_sees_lists_without_buttons(page: Page, town: LampTown) -> None:
    panel = open_reference(page, town.key, "Tarifs")
    expect(panel).to_contain_text("Votre clé permet seulement de lire")
    expect(panel.get_by_role("button", name="Ajouter")).to_have_count(0)


def test_a_project_with_invoice_and_subsidy_is_entered(page: Page, key: str, tmp_path: Path) -> None:
    panel = open_reference(page, key, "Projets")
    panel.get_by_role("button", name="Ajouter").click()
    for label, text in (
        ("Identifiant", "led-2026"),
        ("Équipements concernés", "lamp-1\nlamp-9"),
        ("Effet à partir du", "2026-01-01"),
        ("Période de référence du", "2025-01-01"),
        ("au (jour non compris)", "2026-01-01"),
        ("Coût hors taxe", "9 000,50"),
    ):
        panel.get_by_label(label).fill(text)
    panel.get_by_label("Nom", exact=False).first.fill("LED")
    panel.get_by_label("Domaine").select_option(label="éclairage")
    invoices = panel.get_by_role("group", name="Factures")
    invoices.get_by_role("button", name="Ajouter une ligne").click()
    invoices.get_by_label("Numéro").fill("F1")
    invoices.get_by_label("Montant hors taxe").fill("8000")
    subsidy = panel.get_by_role("group", name="Subvention")
    subsidy.get_by_label("À renseigner").check()
    subsidy.get_by_label("Dépenses éligibles à partir du").fill("2025-03-01")
    subsidy.get_by_label("Part (0 à 1)").fill("40")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(invoices.locator("[data-field=invoiced_on] .fault")).to_have_text("À remplir.")
    invoices.get_by_label("Date de facture").fill("2025-06-12")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(subsidy.locator("[data-field=share] .fault")).to_have_text("Attendu : entre 0 et 1.")
    page.screenshot(path=tmp_path / "project.png", full_page=True)
    assert find_faults(page) == []
    subsidy.get_by_label("Part (0 à 1)").fill("0,4")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.get_by_role("alert")).to_contain_text("L’équipement 'lamp-9' n’existe pas ici.")
    panel.get_by_label("Équipements concernés").fill("lamp-1")
    save(panel)
    expect(panel.locator("tbody tr")).to_contain_text("9\u202f000,5\u202f€")


def test_a_file_of_assets_is_looked_at_before_it_is_imported(page: Page, key: str, tmp_path: Path) -> None:
    """A refused line is shown with its reason and holds the import back until the others are wanted all the same."""
    path = tmp_path / "assets.csv"
    path.write_text("slug;name;type;longitude;latitude\nlamp-1;Lampe 1;street_light;5.1;47.52\n"
                    "lamp-7;Lampe 7;street_light;5.12;47.53\nlamp-8;Lampe 8;street_light;500;47.5\n")  # fmt: skip
    panel = open_reference(page, key, "Équipements (fichier)")
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel.get_by_role("alert")).to_contain_text("Choisissez d’abord un fichier")
    panel.get_by_label("Fichier CSV").set_input_files(path)
    panel.get_by_role("button", name="Voir ce qui change").click()
    expect(panel).to_contain_text("nouveaux : 1 · modifiés : 1")
    expect(panel.locator("tbody tr", has_text="lamp-8")).to_contain_text("refusé")
    expect(panel.get_by_role("button", name="Importer")).to_be_disabled()
    page.screenshot(path=tmp_path / "file.png", full_page=True)
    assert find_faults(page) == []
    panel.get_by_label("Importer les autres lignes").check()
    panel.get_by_role("button", name="Importer").click()
    expect(panel.get_by_role("status")).to_contain_text("Importé : 1 nouveau, 1 modifié.")
    expect(page.locator(".assets")).to_contain_text("Lampe 7")


def save(panel: Locator) -> None:
    panel.get_by_role("button", name="Voir ce qui change").click()
    panel.get_by_role("button", name="Enregistrer").click()
    expect(panel.get_by_role("status")).to_contain_text("Enregistré")
