//! What people do in a browser, in a real one: headless Chromium, driven over WebDriver. Where there is none, these tests leave
//! themselves out, and say so.

mod axe;
mod console_pages;
mod driver;
mod first_load;
mod glueconnect;
mod hand;
mod inviting;
mod pages;
mod without_scripts;
