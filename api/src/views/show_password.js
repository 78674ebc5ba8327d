"use strict";
const password = document.querySelector("input[name=password]");
const box = document.querySelector(".show input");
box.closest("label").hidden = false;
// A browser that goes back keeps the mark.
const shown = () => { password.type = box.checked ? "text" : "password"; };
box.addEventListener("change", shown);
shown();
// What is sent is saved as a password, and not as a word to propose in other forms.
password.form.addEventListener("submit", () => { password.type = "password"; });
