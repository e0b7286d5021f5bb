//! Coming in, and one's own account.

use super::words;

words! {
    /// The login.
    Entering {
        title: "Entrar", "Log in";
        login: "Usuario", "User name";
        password: "Contraseña", "Password";
        enter: "Entrar", "Log in";
        wrong: "El usuario y la contraseña no coinciden. Después de varios intentos, la cuenta se bloquea unos minutos.",
            "User name and password do not match. After several tries the account is locked for some minutes.";
        forgotten: "¿Olvidó su contraseña? Quien administra las cuentas le da una nueva.",
            "Forgotten your password? Whoever keeps the accounts gives you a new one.";
    }
}

words! {
    /// One's own account.
    Own {
        title: "Mi cuenta", "My account";
        login: "Usuario", "User name";
        name: "Nombre", "Name";
        role: "Rol", "Role";
        person: "En la guardia", "On the roster";
        nobody: "No está en la lista de guardia", "Not on the roster";
        temporary: "Su contraseña la conoce otra persona. Elija una propia para continuar.",
            "Somebody else knows your password. Choose one of your own to go on.";
        change: "Cambiar la contraseña", "Change the password";
        present: "Contraseña actual", "Present password";
        new: "Contraseña nueva", "New password";
        again: "Contraseña nueva, otra vez", "New password, again";
        hint: "Doce caracteres o más. Una frase es más fácil de recordar que signos sueltos.",
            "Twelve characters or more. A sentence is easier to remember than single signs.";
        save: "Guardar la contraseña y cerrar mis otras sesiones", "Save the password and end my other sessions";
        saved: "La contraseña nueva ya vale. Sus otras sesiones se cerraron.",
            "The new password counts from now on. Your other sessions were ended.";
        differ: "Las dos contraseñas nuevas no son iguales.", "The two new passwords are not the same.";
        not_right: "La contraseña actual no es correcta.", "The present password is not right.";
        short: "La contraseña nueva es muy corta: doce caracteres o más.",
            "The new password is too short: twelve characters or more.";
        long: "La contraseña nueva es muy larga: doscientos caracteres como máximo.",
            "The new password is too long: two hundred characters at most.";
        easy: "La contraseña nueva es muy fácil: que no contenga su usuario, ni sea un solo carácter repetido, ni la misma de antes.",
            "The new password is too easy: it must not contain your user name, be one character over and over, or be the old one.";
        not_saved: "No se pudo guardar. Inténtelo de nuevo.", "It could not be saved. Try again.";
        began: "Esta sesión se abrió", "This session was opened";
        ends: "Termina a más tardar", "It ends at the latest";
        left: "faltan", "time left:";
    }
}
