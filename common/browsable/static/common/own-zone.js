// Presets the time zone of a form with the browser's own, where the page marks the field as one that nobody has chosen.
// A question that was asked without a zone is asked again, in that one.
for (const field of document.querySelectorAll("select[data-own-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...field.options].some((option) => option.value === zone)) field.value = zone;
  if (field.form.matches("[data-asked]")) {
    const address = new URL(location);
    address.searchParams.set(field.name, field.value);
    location.replace(address);
  }
}
